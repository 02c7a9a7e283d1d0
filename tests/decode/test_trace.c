/* Every activation against what scripts/reference.py computed: scripts/parity/goldens.py --trace wrote the
   files. Of each row they hold the first numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "model/model.h"
#include "model/safetensors.h"

enum { MAX_ARRAYS = 200, MAX_IDS = 64, MAX_HEADS = 16 };

typedef struct {
    Tensors file;
    Arena arena;
    size_t rows[MAX_ARRAYS][MAX_HEADS];  // of each tensor that were shown
} Goldens;

/* A row that was shown against the golden's: beyond the keys that a query sees stands -INFINITY, or 0. */
static void check_row(const char *name, const float *row, size_t m, const float *golden,
                      size_t columns) {
    size_t n = m < columns ? m : columns;
    for (size_t i = 0; i < n; i++) {
        float limit = 1e-4F * (fabsf(golden[i]) > 1.0F ? fabsf(golden[i]) : 1.0F);
        if (!(fabsf(row[i] - golden[i]) <= limit))
            fail_msg("%s, column %zu: %g, expected %g", name, i, (double)row[i], (double)golden[i]);
    }
    for (size_t i = n; i < columns; i++) assert_true(golden[i] == 0.0F || isinf(golden[i]));
}

static void check(void *context, const xattn_activation *shown) {
    Goldens *goldens = context;
    char name[96];
    Error err = {0};
    snprintf(name, sizeof name, "%s.%s", shown->scope, shown->name);
    const Tensor *tensor = tensors_find(&goldens->file, name);
    if (!tensor) fail_msg("%s is not in the golden file", name);
    const float *values = tensor_floats(tensor, &goldens->arena, &err);
    size_t head = shown->head < 0 ? 0 : (size_t)shown->head;
    size_t n = tensor->shape[tensor->rank - 2], columns = tensor->shape[tensor->rank - 1];
    size_t *rows = &goldens->rows[tensor - goldens->file.tensors][head];
    assert_int_equal(tensor->rank, shown->head < 0 ? 2 : 3);
    for (size_t r = 0; r < shown->n_rows; r++, ++*rows) {
        assert_true(*rows < n);
        check_row(name, shown->values + r * shown->n_columns, shown->n_columns,
                  values + (head * n + *rows) * columns, columns);
    }
}

static size_t read_ids(Goldens *goldens, const char *name, int ids[MAX_IDS]) {
    Error err = {0};
    const Tensor *tensor = tensors_find(&goldens->file, name);
    assert_non_null(tensor);
    assert_true(tensor->n_elements <= MAX_IDS);
    const float *values = tensor_floats(tensor, &goldens->arena, &err);
    for (size_t i = 0; i < tensor->n_elements; i++) ids[i] = (int)values[i];
    return tensor->n_elements;
}

static void run(const Model *model, Goldens *goldens, Trace *trace) {
    Error err = {0};
    int source[MAX_IDS], target[MAX_IDS];
    size_t offsets[] = {0, read_ids(goldens, "source_ids", source)};
    size_t n = read_ids(goldens, "target_ids", target);
    float *logits = floats_filled(&goldens->arena, model->config.target_vocab, 0.0F);
    float *memory =
        encoder_forward(&model->encoder, source, offsets, 1, trace, &goldens->arena, &err);
    DecoderState *state = decoder_start(&model->decoder, memory, offsets, 1, 1, trace, &err);
    assert_non_null(state);
    for (size_t t = 0; t < n; t++) {
        int id = t ? target[t - 1] : model->config.start;
        assert_true(decoder_step(state, &id, logits, NULL, trace, &err));
    }
    decoder_free(state);
}

static void check_model(const char *model_path, const char *folder) {
    static Goldens goldens;
    char path[128];
    Error err = {0};
    Model *model;
    goldens = (Goldens){0};
    Trace trace = {.observe = check, .context = &goldens};
    snprintf(path, sizeof path, "%s/trace.safetensors", folder);
    if (!tensors_open(path, safetensors_read, &goldens.file, &goldens.arena, &err))
        fail_msg("%s", err.text);
    assert_true(goldens.file.n > 50 && goldens.file.n <= MAX_ARRAYS);
    if (!model_load(model_path, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    run(model, &goldens, &trace);
    for (size_t i = 0; i < goldens.file.n; i++) {  // all of the golden file was seen
        const Tensor *tensor = &goldens.file.tensors[i];
        for (size_t h = 0; tensor->rank > 1 && h < (tensor->rank == 3 ? tensor->shape[0] : 1); h++)
            if (goldens.rows[i][h] != tensor->shape[tensor->rank - 2])
                fail_msg("%s: %zu rows", tensor->name, goldens.rows[i][h]);
    }
    model_free(model);
    tensors_close(&goldens.file);
    arena_free(&goldens.arena);
}

static void the_shipped_model(void **state) {
    (void)state;
    check_model("models/en-fr", "tests/goldens/en-fr");
}

static void the_odd_model(void **state) {
    (void)state;
    check_model("tests/goldens/marian-odd", "tests/goldens/marian-odd");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_model),
        cmocka_unit_test(the_odd_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
