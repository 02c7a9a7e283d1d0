/* The decoder step by step against the whole target at once, and rows that are reordered, copied and
   forgotten against rows that never were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "model/model.h"
#include "tiny_model.h"

/* Two sentences of 5 and 3 source tokens. Steps go past 32, where a row's memory grows first. */
static const size_t offsets[] = {0, 5, 8};
static const int source[] = {7, 31, 12, 55, 0, 44, 9, 0};
enum { N_SENTENCES = 2, STEPS = 59, MAX_ROWS = 4 };
static const float tolerance = 2e-5F;

static char *directory;
static Model *model;
static Arena arena;
static float *memory;

static int load(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    Error err = {0};
    directory = tiny_model_write(&options);
    if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    memory = encoder_forward(&model->encoder, source, offsets, N_SENTENCES, NULL, &arena, &err);
    assert_non_null(memory);
    return 0;
}

static int unload(void **state) {
    (void)state;
    arena_free(&arena);
    model_free(model);
    tiny_model_remove(directory);
    return 0;
}

static size_t V(void) { return model->config.target_vocab; }
static size_t map_size(size_t sentence) {
    const Config *c = &model->config;
    return c->decoder_layers * c->decoder_heads * (offsets[sentence + 1] - offsets[sentence]);
}

/* The token that target number `which` has at step t. */
static int token(size_t which, size_t t) {
    return t ? (int)((t * 13 + t * t * 5 + which * 29 + 1) % 61) : model->config.start;
}

/* What one target makes of one sentence: the whole of it at once, every position looking back at
   itself and those before it. logits [STEPS][V], maps [STEPS][map_size]. */
typedef struct {
    float *logits, *maps;
} Whole;

static Whole decode_whole(size_t sentence, const int *ids, size_t n) {
    const Decoder *decoder = &model->decoder;
    size_t d = model->config.d_model, heads = model->config.decoder_heads;
    size_t n_src = offsets[sentence + 1] - offsets[sentence];
    Whole whole = {floats_filled(&arena, n * V(), 0.0F),
                   floats_filled(&arena, n * map_size(sentence), 0.0F)};
    float *x = floats_filled(&arena, n * d, 0.0F), *sub = floats_filled(&arena, n * d, 0.0F);
    float *keys = floats_filled(&arena, n * d, 0.0F), *values = floats_filled(&arena, n * d, 0.0F);
    float *positions = floats_filled(&arena, n * d, 0.0F);
    float *hidden = floats_filled(&arena, n * model->config.decoder_ffn, 0.0F);
    AttentionScratch scratch = {floats_filled(&arena, n * d, 0.0F),
                                floats_filled(&arena, n * d, 0.0F),
                                floats_filled(&arena, n + n_src, 0.0F)};
    Span past[STEPS], cross[STEPS];
    embedding_positions(&decoder->embedding, 0, n, positions);
    for (size_t t = 0; t < n; t++)
        embedding_token(&decoder->embedding, ids[t], positions + t * d, x + t * d);
    for (size_t i = 0; i < decoder->n_layers; i++) {
        const DecoderLayer *layer = &decoder->layers[i];
        attention_project(&layer->self, x, n, keys, values, NULL);
        for (size_t t = 0; t < n; t++) past[t] = (Span){t, 1, {keys, values, t + 1}, NULL, NULL};
        attention_forward(&layer->self, x, n, past, n, &scratch, sub, NULL);
        layer_norm_residual(&layer->self_norm, x, sub, n, NULL);
        float *k = floats_filled(&arena, n_src * d, 0.0F),
              *v = floats_filled(&arena, n_src * d, 0.0F);
        attention_project(&layer->cross, memory + offsets[sentence] * d, n_src, k, v, NULL);
        for (size_t t = 0; t < n; t++)
            cross[t] = (Span){
                t, 1, {k, v, n_src}, whole.maps + t * map_size(sentence) + i * heads * n_src, NULL};
        attention_forward(&layer->cross, x, n, cross, n, &scratch, sub, NULL);
        layer_norm_residual(&layer->cross_norm, x, sub, n, NULL);
        feed_forward(&layer->ffn, x, n, hidden, sub, NULL);
        layer_norm_residual(&layer->ffn_norm, x, sub, n, NULL);
    }
    linear_forward(&decoder->output, x, n, whole.logits);
    return whole;
}

static DecoderState *start(size_t rows_per_sentence) {
    Error err = {0};
    DecoderState *state =
        decoder_start(&model->decoder, memory, offsets, N_SENTENCES, rows_per_sentence, NULL, &err);
    if (!state) fail_msg("%s", err.text);
    return state;
}

static void step(DecoderState *state, const int *ids, float *logits, float *const *maps) {
    Error err = {0};
    if (!decoder_step(state, ids, logits, maps, NULL, &err)) fail_msg("%s", err.text);
}

static void reorder(DecoderState *state, const size_t *parent, size_t n_rows) {
    Error err = {0};
    if (!decoder_reorder(state, parent, n_rows, &err)) fail_msg("%s", err.text);
}

/* Both sentences in one batch, each with a target of its own; and that a position more is refused. */
static void steps_equal_the_whole_target_at_once(void **unused) {
    (void)unused;
    Whole whole[N_SENTENCES];
    int ids[N_SENTENCES][STEPS];
    for (size_t s = 0; s < N_SENTENCES; s++) {
        for (size_t t = 0; t < STEPS; t++) ids[s][t] = token(s, t);
        whole[s] = decode_whole(s, ids[s], STEPS);
    }
    float *logits = floats_filled(&arena, N_SENTENCES * V(), 0.0F);
    float *maps[] = {floats_filled(&arena, map_size(0), 0.0F),
                     floats_filled(&arena, map_size(1), 0.0F)};
    DecoderState *state = start(1);
    for (size_t t = 0; t < STEPS; t++) {
        step(state, (int[]){ids[0][t], ids[1][t]}, logits, maps);
        for (size_t s = 0; s < N_SENTENCES; s++) {
            assert_floats_near(logits + s * V(), whole[s].logits + t * V(), V(), tolerance,
                               "logits");
            assert_floats_near(maps[s], whole[s].maps + t * map_size(s), map_size(s), tolerance,
                               "maps");
        }
    }
    decoder_free(state);
}

/* Whether rows have all candidates or few. */
static void the_best_is_that_of_the_logits(void **unused) {
    (void)unused;
    Error err = {0};
    float *logits = floats_filled(&arena, N_SENTENCES * V(), 0.0F),
          *alone = floats_filled(&arena, V(), 0.0F);
    int some[] = {2, 3, 7, 11}, others[] = {5, 6, 9};
    const Candidates candidates[N_SENTENCES] = {{some, 4}, {others, 3}};
    for (int restricted = 0; restricted < 2; restricted++) {
        DecoderState *state = start(1), *again = start(1);
        if (restricted) {
            assert_true(decoder_restrict(state, candidates, &err));
            assert_true(decoder_restrict(again, candidates, &err));
        }
        for (size_t t = 0; t < STEPS; t++) {
            Best best[N_SENTENCES];
            const int ids[] = {token(0, t), token(1, t)};
            step(again, ids, logits, NULL);
            step(state, ids, NULL, NULL);
            decoder_best(state, best);
            for (size_t r = 0; r < N_SENTENCES; r++) {
                const float *row = logits + r * V();
                size_t n = decoder_candidates(state, r).n, expected = 0;
                for (size_t i = 1; i < n; i++)
                    if (row[i] > row[expected]) expected = i;
                assert_true(best[r].is_finite);
                assert_int_equal(best[r].output, expected);
                decoder_row_logits(state, r, alone);
                assert_memory_equal(alone, row, n * sizeof *row);
            }
        }
        decoder_free(state);
        decoder_free(again);
    }
}

static void positions_end(void **unused) {
    (void)unused;
    Error err = {0};
    float *logits = floats_filled(&arena, N_SENTENCES * V(), 0.0F);
    DecoderState *state = start(1);
    for (size_t t = 0; t < model->config.max_positions; t++)
        step(state, (int[]){token(0, t), token(1, t)}, logits, NULL);
    assert_false(decoder_step(state, (int[]){1, 2}, logits, NULL, NULL, &err));
    assert_string_equal(err.text, "decoder: no position 60, the model has 60");
    decoder_free(state);
}

/* Nobody has to ask for maps, and a row alone may. */
static void maps_are_optional(void **unused) {
    (void)unused;
    float *logits = floats_filled(&arena, 2 * V(), 0.0F),
          *again = floats_filled(&arena, 2 * V(), 0.0F);
    float *map = floats_filled(&arena, map_size(1), 0.0F);
    DecoderState *state = start(1);
    step(state, (int[]){token(0, 0), token(1, 0)}, logits, NULL);
    decoder_free(state);
    state = start(1);
    step(state, (int[]){token(0, 0), token(1, 0)}, again, (float *[]){NULL, map});
    decoder_free(state);
    assert_memory_equal(logits, again, 2 * V() * sizeof *logits);
    int id = token(1, 0);
    assert_floats_near(map, decode_whole(1, &id, 1).maps, map_size(1), tolerance, "the map");
}

/* One row of the batch below: which sentence it translates and what it has said. */
typedef struct {
    size_t sentence;
    int ids[STEPS];
} Said;

/* From two rows to four and back to one: rows are copied, dropped and change places, before and after
   their memory grows. After every step each row equals its own prefix decoded afresh. */
static void reordered_rows_equal_fresh_ones(void **unused) {
    (void)unused;
    static const struct {
        size_t at, n;
        size_t parent[MAX_ROWS];
    } orders[] = {{1, 4, {0, 0, 1, 1}},  {3, 4, {2, 0, 0, 0}},  {4, 3, {3, 1, 0}},
                  {5, 4, {2, 2, 1, 0}},  {33, 4, {1, 1, 1, 3}}, {35, 2, {3, 0}},
                  {36, 4, {0, 1, 0, 1}}, {38, 1, {2}}};
    Said said[MAX_ROWS] = {{.sentence = 0}, {.sentence = 1}}, next[MAX_ROWS];
    size_t n_rows = 2, n_done = 0;
    float *logits = floats_filled(&arena, MAX_ROWS * V(), 0.0F);
    DecoderState *state = start(2);
    for (size_t t = 0; t < 42; t++) {
        if (n_done < sizeof orders / sizeof orders[0] && orders[n_done].at == t) {
            n_rows = orders[n_done].n;
            for (size_t r = 0; r < n_rows; r++) next[r] = said[orders[n_done].parent[r]];
            memcpy(said, next, sizeof said);
            reorder(state, orders[n_done++].parent, n_rows);
        }
        int ids[MAX_ROWS];
        float *maps[MAX_ROWS];
        for (size_t r = 0; r < n_rows; r++) {
            ids[r] = said[r].ids[t] = token(t ? r + n_done * 7 : 0, t);
            maps[r] = floats_filled(&arena, map_size(said[r].sentence), 0.0F);
        }
        step(state, ids, logits, maps);
        for (size_t r = 0; r < n_rows; r++) {
            size_t s = said[r].sentence;
            Whole whole = decode_whole(s, said[r].ids, t + 1);
            assert_floats_near(logits + r * V(), whole.logits + t * V(), V(), tolerance, "logits");
            assert_floats_near(maps[r], whole.maps + t * map_size(s), map_size(s), tolerance,
                               "maps");
        }
    }
    assert_int_equal(n_done, sizeof orders / sizeof orders[0]);
    decoder_free(state);
}

static void every_row_may_leave(void **unused) {
    (void)unused;
    float *logits = floats_filled(&arena, 2 * V(), 0.0F);
    DecoderState *state = start(1);
    step(state, (int[]){token(0, 0), token(1, 0)}, logits, NULL);
    reorder(state, NULL, 0);
    decoder_free(state);
    decoder_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_equal_the_whole_target_at_once),
        cmocka_unit_test(the_best_is_that_of_the_logits),
        cmocka_unit_test(positions_end),
        cmocka_unit_test(maps_are_optional),
        cmocka_unit_test(reordered_rows_equal_fresh_ones),
        cmocka_unit_test(every_row_may_leave),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
