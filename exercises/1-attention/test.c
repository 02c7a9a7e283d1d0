/* From what can be done in the head to what cannot. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exercise.h"
#include "floats.h"

static void one_key_gets_everything(void **state) {
    (void)state;
    float q[] = {1, 2}, k[] = {3, -4}, v[] = {5, 6}, probs[1], out[2];
    attention(q, k, v, 1, 1, 2, probs, out);
    assert_floats_near(probs, (float[]){1}, 1, 1e-6F, "the probability of the only key");
    assert_floats_near(out, v, 2, 1e-6F, "the output");
}

static void equal_keys_share_alike(void **state) {
    (void)state;
    float q[] = {1, 2}, k[] = {3, 4, 3, 4, 3, 4, 3, 4}, v[] = {1, 0, 2, 0, 3, 0, 6, 8};
    float probs[4], out[2];
    attention(q, k, v, 1, 4, 2, probs, out);
    assert_floats_near(probs, (float[]){0.25F, 0.25F, 0.25F, 0.25F}, 4, 1e-6F, "probabilities");
    assert_floats_near(out, (float[]){3, 2}, 2, 1e-5F, "the mean of the values");
}

/* The numbers of lesson 4. Two queries, three keys, width 4: no shape is like another. */
static void the_black_cat(void **state) {
    (void)state;
    float q[] = {0, 0, 3, 1, 0, 3, 0, 1}, k[] = {2, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 1};
    float v[] = {1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 4, 0};
    float probs[6], out[8];
    attention(q, k, v, 2, 3, 4, probs, out);
    assert_floats_near(probs, (float[]){0.0280F, 0.0461F, 0.9259F, 0.0280F, 0.9259F, 0.0461F}, 6,
                       1e-4F, "probabilities");
    assert_floats_near(out, (float[]){0.0280F, 0.1202F, 3.7037F, 0, 0.0280F, 1.8798F, 0.1844F, 0},
                       8, 2e-4F, "the output");
}

/* exp(1000) is infinite, and infinity through infinity not a number. */
static void large_scores_do_not_overflow(void **state) {
    (void)state;
    float q[] = {1000}, k[] = {1000, 999, -1000}, v[] = {7, 8, 9}, probs[3], out[1];
    attention(q, k, v, 1, 3, 1, probs, out);
    assert_floats_near(probs, (float[]){1, 0, 0}, 3, 1e-6F, "probabilities");
    assert_floats_near(out, (float[]){7}, 1, 1e-5F, "the output");
}

static void rows_sum_to_one_and_values_are_mixed(void **state) {
    (void)state;
    enum { N = 7, M = 11, D = 5 };
    Arena arena = {0};
    float *q = floats_random(&arena, N * D, 2.0F, 1), *k = floats_random(&arena, M * D, 2.0F, 2);
    float *v = floats_random(&arena, M * D, 2.0F, 3), probs[N * M], out[N * D];
    attention(q, k, v, N, M, D, probs, out);
    for (size_t i = 0; i < N; i++) {
        float sum = 0.0F, mixed[D] = {0};
        for (size_t j = 0; j < M; j++) {
            sum += probs[i * M + j];
            // A fit that is better by 1 has e times the share: this is all that a softmax says.
            float fit = 0.0F, first = 0.0F;
            for (size_t c = 0; c < D; c++) fit += q[i * D + c] * k[j * D + c];
            for (size_t c = 0; c < D; c++) first += q[i * D + c] * k[c];
            float ratio = probs[i * M + j] / probs[i * M];
            float expected = expf((fit - first) / sqrtf(D));
            assert_floats_near(&ratio, &expected, 1, 1e-4F * (1.0F + expected),
                               "a ratio of shares");
            for (size_t c = 0; c < D; c++) mixed[c] += probs[i * M + j] * v[j * D + c];
        }
        assert_floats_near(&sum, (float[]){1}, 1, 1e-5F, "the sum of a row");
        assert_floats_near(out + i * D, mixed, D, 1e-5F, "the weighted mean");
    }
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key_gets_everything),
        cmocka_unit_test(equal_keys_share_alike),
        cmocka_unit_test(the_black_cat),
        cmocka_unit_test(large_scores_do_not_overflow),
        cmocka_unit_test(rows_sum_to_one_and_values_are_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
