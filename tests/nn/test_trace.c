/* What a trace shows: every matrix once a call, under the name of its place, with the numbers that the
   forward pass goes on with; and watching changes no number. */
#include "nn/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "model/model.h"
#include "tiny_firefox.h"
#include "tiny_model.h"

enum { N_SRC = 5, STEPS = 3, MAX_SEEN = 512 };
static const int source[N_SRC] = {7, 31, 12, 55, 0};
static const size_t offsets[] = {0, N_SRC};

/* Everything that was shown. */
typedef struct {
    char name[96];  // scope.name, with .headH behind it
    size_t n, m;
    float *values;
} Seen;

typedef struct {
    size_t n;
    Seen seen[MAX_SEEN];
    Arena arena;
} Log;

static void note(void *context, const xattn_activation *matrix) {
    Log *log = context;
    assert_true(log->n < MAX_SEEN);
    Seen *seen = &log->seen[log->n++];
    int length = snprintf(seen->name, sizeof seen->name - 16, "%s.%s", matrix->scope, matrix->name);
    if (matrix->head != TRACE_NO_HEAD) snprintf(seen->name + length, 16, ".head%d", matrix->head);
    seen->n = matrix->n_rows;
    seen->m = matrix->n_columns;
    seen->values = floats_filled(&log->arena, matrix->n_rows * matrix->n_columns, 0.0F);
    memcpy(seen->values, matrix->values, matrix->n_rows * matrix->n_columns * sizeof(float));
}

/* The call number `which`, from 0, of a name. */
static const Seen *find(const Log *log, const char *name, size_t which) {
    for (size_t i = 0; i < log->n; i++)
        if (strcmp(log->seen[i].name, name) == 0 && which-- == 0) return &log->seen[i];
    fail_msg("%s was not shown", name);
    return NULL;
}

static const Seen *find_part(const Log *log, const char *scope, const char *part, size_t which) {
    char name[96];
    snprintf(name, sizeof name, "%s.%s", scope, part);
    return find(log, name, which);
}

static const Seen *find_head(const Log *log, const char *scope, const char *part, size_t head,
                             size_t which) {
    char name[96];
    snprintf(name, sizeof name, "%s.%s.head%zu", scope, part, head);
    return find(log, name, which);
}

static size_t count(const Log *log, const char *name) {
    size_t n = 0;
    for (size_t i = 0; i < log->n; i++) n += strcmp(log->seen[i].name, name) == 0;
    return n;
}

static const Seen *expect_shape(const Log *log, const char *name, size_t which, size_t n,
                                size_t m) {
    const Seen *seen = find(log, name, which);
    assert_int_equal(seen->n, n);
    assert_int_equal(seen->m, m);
    return seen;
}

/* The encoder and STEPS steps of the decoder: memory [N_SRC][d] and logits [STEPS][V]. */
typedef struct {
    float *memory, *logits;
} Activations;

static Activations run(const Model *model, Trace *trace, Arena *arena) {
    Error err = {0};
    size_t V = model->config.target_vocab;
    Activations a = {encoder_forward(&model->encoder, source, offsets, 1, trace, arena, &err),
                     floats_filled(arena, STEPS * V, 0.0F)};
    assert_non_null(a.memory);
    DecoderState *state = decoder_start(&model->decoder, a.memory, offsets, 1, 1, trace, &err);
    assert_non_null(state);
    for (size_t t = 0; t < STEPS; t++) {
        int id = t ? (int)(17 * t) : model->config.start;
        assert_true(decoder_step(state, &id, a.logits + t * V, NULL, trace, &err));
    }
    decoder_free(state);
    return a;
}

static Model *load(char *directory) {
    Model *model;
    Error err = {0};
    if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    tiny_model_remove(directory);
    return model;
}

static Model *load_marian(void) {
    TinyModel options = tiny_model_default();
    return load(tiny_model_write(&options));
}

static void nobody_watches(void **state) {
    (void)state;
    trace_scope(NULL, "decoder.layer%d", 1);
    trace_matrix(NULL, "query", NULL, 1, 1);
    trace_head(NULL, "scores", 0, NULL, 1, 1);
}

static void names_and_heads(void **state) {
    (void)state;
    Log log = {0};
    Trace trace = {.observe = note, .context = &log};
    const float x[] = {1, 2, 3, 4, 5, 6};
    trace_scope(&trace, "decoder.layer%d.%s", 1, "cross");
    trace_matrix(&trace, "query", x, 2, 3);
    trace_head(&trace, "scores", 4, x, 3, 1);
    assert_int_equal(log.n, 2);
    expect_shape(&log, "decoder.layer1.cross.query", 0, 2, 3);
    expect_shape(&log, "decoder.layer1.cross.scores.head4", 0, 3, 1);
    assert_memory_equal(log.seen[0].values, x, sizeof x);
    arena_free(&log.arena);
}

static void watching_changes_nothing(void **state) {
    (void)state;
    Log log = {0};
    Trace trace = {.observe = note, .context = &log};
    Model *model = load_marian();
    size_t V = model->config.target_vocab, d = model->config.d_model;
    Activations watched = run(model, &trace, &log.arena), alone = run(model, NULL, &log.arena);
    assert_memory_equal(watched.memory, alone.memory, N_SRC * d * sizeof(float));
    assert_memory_equal(watched.logits, alone.logits, STEPS * V * sizeof(float));
    const Seen *memory = expect_shape(&log, "encoder.memory", 0, N_SRC, d);
    assert_memory_equal(memory->values, alone.memory, N_SRC * d * sizeof(float));
    for (size_t t = 0; t < STEPS; t++) {
        const Seen *logits = expect_shape(&log, "decoder.logits", t, 1, V);
        assert_memory_equal(logits->values, alone.logits + t * V, V * sizeof(float));
    }
    arena_free(&log.arena);
    model_free(model);
}

/* One sub-layer of attention: what is shown is what follows from what was shown before it. x: what
   came in, of which the rows are those of call `which`; m: how much each query sees. */
static void expect_attention(Log *log, const Attention *att, const LayerNorm *norm,
                             const char *scope, size_t which, const Seen *x, size_t m) {
    size_t d = att->query.n_out, n = x->n;
    float *y = floats_filled(&log->arena, n * d, 0.0F);
    linear_forward(&att->query, x->values, n, y);
    assert_floats_near(find_part(log, scope, "query", which)->values, y, n * d, 1e-6F, "query");
    for (size_t head = 0; head < att->heads; head++) {
        const Seen *scores = find_head(log, scope, "scores", head, which);
        assert_true(scores->n == n && scores->m == m);
        softmax_rows(scores->values, n, m);
        const Seen *probabilities = find_head(log, scope, "probabilities", head, which);
        assert_floats_near(probabilities->values, scores->values, n * m, 1e-6F, "probabilities");
    }
    linear_forward(&att->output, find_part(log, scope, "context", which)->values, n, y);
    assert_floats_near(find_part(log, scope, "output", which)->values, y, n * d, 1e-6F, "output");
    memcpy(y, x->values, n * d * sizeof *y);
    layer_norm_residual(norm, y, find_part(log, scope, "output", which)->values, n, NULL);
    assert_floats_near(find_part(log, scope, "norm", which)->values, y, n * d, 1e-6F, "norm");
}

static void each_follows_from_those_before(void **state) {
    (void)state;
    Log log = {0};
    Trace trace = {.observe = note, .context = &log};
    Model *model = load_marian();
    size_t d = model->config.d_model, f = model->config.encoder_ffn;
    run(model, &trace, &log.arena);

    const EncoderLayer *encoder = &model->encoder.layers[0];
    const Seen *x = expect_shape(&log, "encoder.embedding", 0, N_SRC, d);
    expect_shape(&log, "encoder.positions", 0, N_SRC, d);
    expect_shape(&log, "encoder.layer0.self.key", 0, N_SRC, d);
    expect_attention(&log, &encoder->self, &encoder->self_norm, "encoder.layer0.self", 0, x, N_SRC);
    float *y = floats_filled(&log.arena, N_SRC * d, 0.0F);
    const Seen *hidden = expect_shape(&log, "encoder.layer0.ffn.hidden", 0, N_SRC, f);
    linear_forward(&encoder->ffn.outer, hidden->values, N_SRC, y);
    assert_floats_near(find(&log, "encoder.layer0.ffn.output", 0)->values, y, N_SRC * d, 1e-6F,
                       "output");

    const DecoderLayer *decoder = &model->decoder.layers[0];
    for (size_t t = 0; t < STEPS; t++) {
        x = expect_shape(&log, "decoder.embedding", t, 1, d);
        expect_attention(&log, &decoder->self, &decoder->self_norm, "decoder.layer0.self", t, x,
                         t + 1);
        x = find(&log, "decoder.layer0.self.norm", t);
        expect_attention(&log, &decoder->cross, &decoder->cross_norm, "decoder.layer0.cross", t, x,
                         N_SRC);
    }
    linear_forward(&decoder->cross.key, find(&log, "encoder.memory", 0)->values, N_SRC, y);
    const Seen *keys = expect_shape(&log, "decoder.layer0.cross.key", 0, N_SRC, d);
    assert_floats_near(keys->values, y, N_SRC * d, 1e-6F, "cross-attention's keys");
    assert_int_equal(count(&log, "decoder.layer0.cross.key"), 1);  // once for all steps
    assert_int_equal(count(&log, "decoder.layer1.ffn.norm"), STEPS);
    arena_free(&log.arena);
    model_free(model);
}

/* c ← f c + (1 − f) (x W), out = max(0, c) */
static void a_recurrent_layer_shows_its_gate(void **state) {
    (void)state;
    Log log = {0};
    Trace trace = {.observe = note, .context = &log};
    TinyFirefox options = tiny_firefox_default();
    Model *model = load(tiny_firefox_write(&options));
    size_t d = model->config.d_model;
    run(model, &trace, &log.arena);
    float *cell = floats_filled(&log.arena, d, 0.0F), *out = floats_filled(&log.arena, d, 0.0F);
    for (size_t t = 0; t < STEPS; t++) {
        const float *f = expect_shape(&log, "decoder.layer1.ssru.forget", t, 1, d)->values;
        const float *input = expect_shape(&log, "decoder.layer1.ssru.input", t, 1, d)->values;
        for (size_t i = 0; i < d; i++) {
            assert_true(f[i] > 0.0F && f[i] < 1.0F);
            cell[i] = f[i] * cell[i] + (1.0F - f[i]) * input[i];
            out[i] = cell[i] > 0.0F ? cell[i] : 0.0F;
        }
        const Seen *shown = expect_shape(&log, "decoder.layer1.ssru.cell", t, 1, d);
        assert_floats_near(shown->values, cell, d, 1e-6F, "cell");
        shown = expect_shape(&log, "decoder.layer1.ssru.output", t, 1, d);
        assert_floats_near(shown->values, out, d, 1e-6F, "output");
    }
    assert_int_equal(count(&log, "decoder.layer1.self.query"), 0);
    arena_free(&log.arena);
    model_free(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_watches),
        cmocka_unit_test(names_and_heads),
        cmocka_unit_test(watching_changes_nothing),
        cmocka_unit_test(each_follows_from_those_before),
        cmocka_unit_test(a_recurrent_layer_shows_its_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
