/* The one attention function against the equations, written as loops in double precision. Queries,
   keys and values, heads and spans all differ, so nothing can be swapped and go unseen. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "layers.h"
#include "nn/attention.h"

enum { HEADS = 3, DH = 5, D = HEADS * DH };

static Linear make_linear(Arena *arena, unsigned seed) {
    return layer_of(arena, D, D, floats_random(arena, D * D, 0.6F, seed),
                    floats_random(arena, D, 0.5F, seed + 1));
}

static Attention make_attention(Arena *arena, unsigned seed) {
    return (Attention){make_linear(arena, seed), make_linear(arena, seed + 2),
                       make_linear(arena, seed + 4), make_linear(arena, seed + 6), HEADS};
}

/* One element of a Linear's output for one row. */
static double project(const Linear *linear, const float *row, size_t o) {
    float weight[D];
    double sum = (double)linear->bias[o];
    weights_row(&linear->weight, o, D, weight);
    for (size_t i = 0; i < D; i++) sum += (double)weight[i] * (double)row[i];
    return sum;
}

/* MultiHead of one query row x against y [n][d]: out [d], and probs [h][n]. */
static void plain(const Attention *att, const float *x, const float *y, size_t n, float *out,
                  double *probs) {
    float context[D];
    for (size_t head = 0; head < HEADS; head++) {
        double sum = 0.0, *p = probs + head * n;
        for (size_t j = 0; j < n; j++) {
            double score = 0.0;
            for (size_t i = head * DH; i < (head + 1) * DH; i++)
                score += project(&att->query, x, i) * project(&att->key, y + j * D, i);
            sum += p[j] = exp(score / sqrt(DH));
        }
        for (size_t j = 0; j < n; j++) p[j] /= sum;
        for (size_t i = head * DH; i < (head + 1) * DH; i++) {
            double mean = 0.0;
            for (size_t j = 0; j < n; j++) mean += p[j] * project(&att->value, y + j * D, i);
            context[i] = (float)mean;
        }
    }
    for (size_t i = 0; i < D; i++) out[i] = (float)project(&att->output, context, i);
}

static KeyValues look_at(Arena *arena, const Attention *att, const float *y, size_t n) {
    KeyValues seen = {floats_filled(arena, n * D, NAN), floats_filled(arena, n * D, NAN), n};
    attention_project(att, y, n, seen.keys, seen.values, NULL);
    return seen;
}

/* Expects what attention_forward wrote for one span whose queries are the rows of x and whose keys
   and values came from y. */
static void expect_span(const Attention *att, const float *x, const float *y, const Span *span,
                        const float *out) {
    double probs[HEADS * 16];
    float expected[D], row_of_probs[16];
    for (size_t row = 0; row < span->n; row++) {
        plain(att, x + (span->first + row) * D, y, span->seen.n, expected, probs);
        assert_floats_near(out + (span->first + row) * D, expected, D, 5e-6F, "attention");
        if (!span->probs) continue;
        for (size_t head = 0; head < HEADS; head++) {
            const float *found = span->probs + (head * span->n + row) * span->seen.n;
            double sum = 0.0;
            for (size_t j = 0; j < span->seen.n; j++) {
                row_of_probs[j] = (float)probs[head * span->seen.n + j];
                sum += (double)found[j];
            }
            assert_floats_near(found, row_of_probs, span->seen.n, 2e-6F, "probabilities");
            assert_true(fabs(sum - 1.0) < 1e-6);
        }
    }
}

static AttentionScratch make_scratch(Arena *arena) {
    return (AttentionScratch){floats_filled(arena, 8 * D, NAN), floats_filled(arena, 8 * D, NAN),
                              floats_filled(arena, 8 * 16, NAN)};
}

/* Cross-attention: two spans of 4 and 1 queries look at 7 and 3 rows that come from elsewhere. */
static void cross_attention_equals_the_equations(void **state) {
    (void)state;
    Arena arena = {0};
    Attention att = make_attention(&arena, 10);
    const float *x = floats_random(&arena, 5 * D, 1.5F, 1),
                *a = floats_random(&arena, 7 * D, 1.5F, 2),
                *b = floats_random(&arena, 3 * D, 1.5F, 3);
    AttentionScratch scratch = make_scratch(&arena);
    Span spans[] = {
        {0, 4, look_at(&arena, &att, a, 7), floats_filled(&arena, HEADS * 4 * 7, NAN), NULL},
        {4, 1, look_at(&arena, &att, b, 3), floats_filled(&arena, HEADS * 3, NAN), NULL}};
    float *out = floats_filled(&arena, 5 * D, NAN);
    attention_forward(&att, x, 5, spans, 2, &scratch, out, NULL);
    expect_span(&att, x, a, &spans[0], out);
    expect_span(&att, x, b, &spans[1], out);
    arena_free(&arena);
}

/* Self-attention is the same call with y = x: two sentences of 2 and 5 rows in a batch. */
static void self_attention_is_the_same_function(void **state) {
    (void)state;
    Arena arena = {0};
    Attention att = make_attention(&arena, 20);
    const float *x = floats_random(&arena, 7 * D, 1.5F, 1);
    AttentionScratch scratch = make_scratch(&arena);
    KeyValues all = look_at(&arena, &att, x, 7);
    Span spans[] = {{0, 2, {all.keys, all.values, 2}, NULL, NULL},
                    {2, 5, {all.keys + 2 * D, all.values + 2 * D, 5}, NULL, NULL}};
    float *out = floats_filled(&arena, 7 * D, NAN);
    attention_forward(&att, x, 7, spans, 2, &scratch, out, NULL);
    expect_span(&att, x, x, &spans[0], out);
    expect_span(&att, x, x + 2 * D, &spans[1], out);
    arena_free(&arena);
}

/* Asking for the probabilities changes nothing, to the last bit. */
static void output_is_the_same_without_probabilities(void **state) {
    (void)state;
    Arena arena = {0};
    Attention att = make_attention(&arena, 30);
    const float *x = floats_random(&arena, 3 * D, 1.5F, 1),
                *y = floats_random(&arena, 6 * D, 1.5F, 2);
    AttentionScratch scratch = make_scratch(&arena);
    Span span = {0, 3, look_at(&arena, &att, y, 6), NULL, NULL};
    float *without = floats_filled(&arena, 3 * D, NAN), *with = floats_filled(&arena, 3 * D, NAN);
    attention_forward(&att, x, 3, &span, 1, &scratch, without, NULL);
    span.probs = floats_filled(&arena, HEADS * 3 * 6, NAN);
    attention_forward(&att, x, 3, &span, 1, &scratch, with, NULL);
    assert_memory_equal(with, without, 3 * D * sizeof *with);
    arena_free(&arena);
}

/* Scores of several hundred: one source piece takes everything, and nothing overflows. */
static void peaked_attention_stays_finite(void **state) {
    (void)state;
    Arena arena = {0};
    Attention att = make_attention(&arena, 40);
    const float *x = floats_random(&arena, D, 40.0F, 1),
                *y = floats_random(&arena, 4 * D, 40.0F, 2);
    AttentionScratch scratch = make_scratch(&arena);
    Span span = {0, 1, look_at(&arena, &att, y, 4), floats_filled(&arena, HEADS * 4, NAN), NULL};
    float *out = floats_filled(&arena, D, NAN);
    attention_forward(&att, x, 1, &span, 1, &scratch, out, NULL);
    for (size_t head = 0; head < HEADS; head++) {
        float largest = 0.0F, sum = 0.0F;
        for (size_t j = 0; j < 4; j++) {
            sum += span.probs[head * 4 + j];
            largest = fmaxf(largest, span.probs[head * 4 + j]);
        }
        assert_true(largest > 0.999F && fabsf(sum - 1.0F) < 1e-6F);
    }
    for (size_t i = 0; i < D; i++) assert_true(isfinite(out[i]));
    arena_free(&arena);
}

/* Two queries, six keys: with all of one head's context gone, the output is that of the others. */
static void a_silent_head_says_nothing(void **state) {
    (void)state;
    Arena arena = {0};
    Attention att = make_attention(&arena, 90);
    float *x = floats_random(&arena, 2 * D, 1.0F, 91), *y = floats_random(&arena, 6 * D, 1.0F, 92);
    AttentionScratch scratch = make_scratch(&arena);
    const bool none[HEADS] = {false}, second[HEADS] = {false, true};
    Ablation ablation = {false, none};
    Span span = {0, 2, look_at(&arena, &att, y, 6), floats_filled(&arena, HEADS * 12, NAN), NULL};
    float *whole = floats_filled(&arena, 2 * D, NAN), *out = floats_filled(&arena, 2 * D, NAN);
    float *probs = floats_filled(&arena, HEADS * 12, NAN), *context = scratch.context;
    attention_forward(&att, x, 2, &span, 1, &scratch, whole, NULL);
    memcpy(probs, span.probs, HEADS * 12 * sizeof *probs);

    span.ablation = &ablation;
    attention_forward(&att, x, 2, &span, 1, &scratch, out, NULL);
    assert_memory_equal(out, whole, 2 * D * sizeof *out);  // an empty ablation is none

    ablation.silent = second;
    attention_forward(&att, x, 2, &span, 1, &scratch, out, NULL);
    assert_memory_equal(span.probs, probs, HEADS * 12 * sizeof *probs);  // it still looks
    for (size_t i = 0; i < (size_t)2 * D; i++)
        assert_int_equal(context[i] == 0.0F, i % D / DH == 1);
    assert_memory_not_equal(out, whole, 2 * D * sizeof *out);
    arena_free(&arena);
}

static void uniform_attention_is_the_mean_of_the_values(void **state) {
    (void)state;
    Arena arena = {0};
    Attention att = make_attention(&arena, 95);
    float *x = floats_random(&arena, 2 * D, 1.0F, 96), *y = floats_random(&arena, 6 * D, 1.0F, 97);
    AttentionScratch scratch = make_scratch(&arena);
    Ablation ablation = {true, NULL};
    Span span = {0, 2, look_at(&arena, &att, y, 6), floats_filled(&arena, HEADS * 12, NAN),
                 &ablation};
    float *out = floats_filled(&arena, 2 * D, NAN);
    attention_forward(&att, x, 2, &span, 1, &scratch, out, NULL);
    for (size_t i = 0; i < HEADS * 12; i++) assert_true(span.probs[i] == 1.0F / 6.0F);
    for (size_t i = 0; i < D; i++) {
        float mean = 0.0F;
        for (size_t j = 0; j < 6; j++) mean += span.seen.values[j * D + i] / 6.0F;
        assert_floats_near(scratch.context + i, &mean, 1, 1e-5F, "context of query 0");
        assert_floats_near(scratch.context + D + i, &mean, 1, 1e-5F, "context of query 1");
    }
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross_attention_equals_the_equations),
        cmocka_unit_test(self_attention_is_the_same_function),
        cmocka_unit_test(output_is_the_same_without_probabilities),
        cmocka_unit_test(peaked_attention_stays_finite),
        cmocka_unit_test(a_silent_head_says_nothing),
        cmocka_unit_test(uniform_attention_is_the_mean_of_the_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
