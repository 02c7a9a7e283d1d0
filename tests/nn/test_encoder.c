/* The encoder on ragged batches, and against its own layers put together one sentence at a time. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "layers.h"
#include "model/model.h"
#include "tiny_model.h"

static char *directory;
static Model *model;

static int load(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    Error err = {0};
    directory = tiny_model_write(&options);
    if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    return 0;
}

static int unload(void **state) {
    (void)state;
    model_free(model);
    tiny_model_remove(directory);
    return 0;
}

/* Five sentences of 3, 1, 7, 1 and 59 tokens. */
static const size_t offsets[] = {0, 3, 4, 11, 12, 71};
enum { N_SENTENCES = 5, TOTAL = 71 };

static void make_ids(int ids[TOTAL]) {
    for (int i = 0; i < TOTAL; i++) ids[i] = (i * 17 + i * i * 3 + 5) % 61;
}

static float *encode(const int *ids, const size_t *bounds, size_t n, Arena *arena) {
    Error err = {0};
    float *memory = encoder_forward(&model->encoder, ids, bounds, n, NULL, arena, &err);
    if (!memory) fail_msg("%s", err.text);
    return memory;
}

static void a_sentence_does_not_depend_on_its_batch(void **state) {
    (void)state;
    Arena arena = {0};
    size_t d = model->config.d_model;
    int ids[TOTAL];
    make_ids(ids);
    const float *together = encode(ids, offsets, N_SENTENCES, &arena);
    for (size_t s = 0; s < N_SENTENCES; s++) {
        size_t n = offsets[s + 1] - offsets[s];
        const float *alone = encode(ids + offsets[s], (size_t[]){0, n}, 1, &arena);
        assert_floats_near(together + offsets[s] * d, alone, n * d, 1e-5F, "a sentence's memory");
    }
    arena_free(&arena);
}

/* The layers of one sentence, in the order of the paper's figure 1. */
static void a_sentence_is_its_layers_in_order(void **state) {
    (void)state;
    Arena arena = {0};
    const Encoder *encoder = &model->encoder;
    size_t d = model->config.d_model, n = 7;
    int ids[TOTAL];
    make_ids(ids);
    float *x = floats_filled(&arena, n * d, 0.0F), *sub = floats_filled(&arena, n * d, 0.0F);
    float *keys = floats_filled(&arena, n * d, 0.0F), *values = floats_filled(&arena, n * d, 0.0F);
    float *hidden = floats_filled(&arena, n * model->config.encoder_ffn, 0.0F);
    AttentionScratch scratch = {floats_filled(&arena, n * d, 0.0F),
                                floats_filled(&arena, n * d, 0.0F),
                                floats_filled(&arena, n * n, 0.0F)};
    const float *table =
        floats_of(&arena, &encoder->embedding.tokens, model->config.source_vocab, d);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d / 2; k++) {
            const float *token = table + (size_t)ids[4 + i] * d;
            double angle = (double)i / pow(10000.0, 2.0 * (double)k / (double)d),
                   root = sqrt((double)d);
            x[i * d + k] = (float)((double)token[k] * root + sin(angle));
            x[i * d + d / 2 + k] = (float)((double)token[d / 2 + k] * root + cos(angle));
        }
    for (size_t i = 0; i < encoder->n_layers; i++) {
        const EncoderLayer *layer = &encoder->layers[i];
        Span span = {0, n, {keys, values, n}, NULL, NULL};
        attention_project(&layer->self, x, n, keys, values, NULL);
        attention_forward(&layer->self, x, n, &span, 1, &scratch, sub, NULL);
        layer_norm_residual(&layer->self_norm, x, sub, n, NULL);
        feed_forward(&layer->ffn, x, n, hidden, sub, NULL);
        layer_norm_residual(&layer->ffn_norm, x, sub, n, NULL);
    }
    const float *memory = encode(ids + 4, (size_t[]){0, n}, 1, &arena);
    assert_floats_near(memory, x, n * d, 1e-5F, "memory");
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_does_not_depend_on_its_batch),
        cmocka_unit_test(a_sentence_is_its_layers_in_order),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
