/* What is hidden has no share, and no influence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exercise.h"
#include "floats.h"

enum { N = 6, M = 6, D = 5 };

static Arena arena;
static float *q, *k, *v;
static const size_t everything[N] = {M, M, M, M, M, M}, causal[N] = {1, 2, 3, 4, 5, 6};

static int make_numbers(void **state) {
    (void)state;
    q = floats_random(&arena, N * D, 2.0F, 1);
    k = floats_random(&arena, M * D, 2.0F, 2);
    v = floats_random(&arena, M * D, 2.0F, 3);
    return 0;
}

static int free_numbers(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static void what_is_hidden_has_no_share(void **state) {
    (void)state;
    float probs[N * M], out[N * D];
    masked_attention(q, k, v, causal, N, M, D, probs, out);
    for (size_t i = 0; i < N; i++) {
        float sum = 0.0F;
        for (size_t j = 0; j < M; j++) {
            sum += probs[i * M + j];
            if (j > i) assert_true(probs[i * M + j] == 0.0F);
        }
        assert_floats_near(&sum, (float[]){1}, 1, 1e-5F, "the sum of a row");
    }
    assert_floats_near(out, v, D, 1e-5F, "the first query sees the first value alone");
}

/* The last query sees everything with either mask. */
static void what_is_visible_is_as_without_a_mask(void **state) {
    (void)state;
    float probs[N * M], out[N * D], all_probs[N * M], all_out[N * D];
    masked_attention(q, k, v, causal, N, M, D, probs, out);
    masked_attention(q, k, v, everything, N, M, D, all_probs, all_out);
    size_t last = N - 1;
    assert_floats_near(probs + last * M, all_probs + last * M, M, 1e-6F, "the last row");
    assert_floats_near(out + last * D, all_out + last * D, D, 1e-6F, "the last output");
    assert_true(all_probs[1] > 0.0F);
    // Shares among the visible keep their proportions.
    float ratio = probs[2 * M + 1] / probs[2 * M], all = all_probs[2 * M + 1] / all_probs[2 * M];
    assert_floats_near(&ratio, &all, 1, 1e-4F * (1.0F + all), "a ratio of shares");
}

/* Also if it would fit far better than all that is visible: then a mask that comes after the
   softmax leaves nothing to share out. */
static void what_is_hidden_has_no_influence(void **state) {
    (void)state;
    float probs[N * M], out[N * D], other_probs[N * M], other_out[N * D];
    masked_attention(q, k, v, causal, N, M, D, probs, out);
    float other_k[M * D], other_v[M * D];
    memcpy(other_k, k, sizeof other_k);
    memcpy(other_v, v, sizeof other_v);
    for (size_t c = 0; c < D; c++) {
        other_k[4 * D + c] = 1000.0F * q[2 * D + c];
        other_v[4 * D + c] = -1e6F;
    }
    masked_attention(q, other_k, other_v, causal, N, M, D, other_probs, other_out);
    assert_floats_near(other_probs, probs, 4 * M, 1e-6F, "rows that do not see what changed");
    assert_floats_near(other_out, out, 4 * D, 1e-5F, "outputs that do not see what changed");
}

/* One batch of two sentences of different length, the short one with padding behind it. */
static void padding_is_a_mask_too(void **state) {
    (void)state;
    enum { SHORT = 4 };
    static const size_t padded[N] = {SHORT, SHORT, SHORT, SHORT, SHORT, SHORT};
    float probs[N * M], out[N * D], short_probs[N * SHORT], short_out[N * D];
    masked_attention(q, k, v, padded, N, M, D, probs, out);
    masked_attention(q, k, v, padded, N, SHORT, D, short_probs, short_out);
    assert_floats_near(out, short_out, N * D, 1e-5F, "the outputs with and without padding");
    for (size_t i = 0; i < N; i++)
        for (size_t j = SHORT; j < M; j++) assert_true(probs[i * M + j] == 0.0F);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_hidden_has_no_share),
        cmocka_unit_test(what_is_visible_is_as_without_a_mask),
        cmocka_unit_test(what_is_hidden_has_no_influence),
        cmocka_unit_test(padding_is_a_mask_too),
    };
    return cmocka_run_group_tests(tests, make_numbers, free_numbers);
}
