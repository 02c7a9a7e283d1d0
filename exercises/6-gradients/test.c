/* From what can be done in the head to slopes that are measured: the inputs are nudged, one by one, and
   the equations computed again in double precision. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exercise.h"
#include "floats.h"

enum { N = 5, M = 7, D = 3 };

/* Two positions with a half each. One more of the first is worth 1: its score should rise, the other's
   should fall, and each by 1/2 · 1/2. */
static void an_even_choice(void **state) {
    (void)state;
    float probs[] = {0.5F, 0.5F}, d_probs[] = {1, 0}, d_scores[2];
    softmax_gradient(probs, d_probs, 1, 2, d_scores);
    assert_floats_near(d_scores, (float[]){0.25F, -0.25F}, 2, 1e-6F, "d_scores");
}

/* All positions are worth the same: nothing is gained by looking elsewhere. And a certain softmax has no
   slope. */
static void nothing_to_gain(void **state) {
    (void)state;
    float probs[] = {0.2F, 0.3F, 0.5F, 1, 0, 0}, d_probs[] = {4, 4, 4, 1, -5, 9}, d_scores[6];
    softmax_gradient(probs, d_probs, 2, 3, d_scores);
    assert_floats_near(d_scores, (float[6]){0}, 6, 1e-6F, "d_scores");
}

/* With one position, all of what was wanted goes to its value, from both queries; no key matters. */
static void one_position(void **state) {
    (void)state;
    float q[] = {1, 2, 3, 4}, k[] = {5, 6}, v[] = {7, 8}, probs[] = {1, 1}, d_out[] = {1, -1, 2, 3};
    float dk[2], dv[2];
    memory_gradient(q, k, v, probs, d_out, 2, 1, 2, dk, dv);
    assert_floats_near(dv, (float[]){3, 2}, 2, 1e-6F, "dv");
    assert_floats_near(dk, (float[2]){0}, 2, 1e-6F, "dk");
}

/* The numbers of lesson 11. */
static void the_black_cat(void **state) {
    (void)state;
    float q[] = {0, 0, 3, 1, 0, 3, 0, 1}, k[] = {2, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 1};
    float v[] = {1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 4, 0}, dk[12], dv[12];
    float probs[] = {0.0280F, 0.0461F, 0.9259F, 0.0280F, 0.9259F, 0.0461F};
    float d_out[] = {0.0280F, 0.1202F, -0.2963F, 0, 0.0280F, 1.8798F, -3.8156F, 0};
    memory_gradient(q, k, v, probs, d_out, 2, 3, 4, dk, dv);
    assert_floats_near(dk,
                       (float[]){0, -0.039F, 0.052F, 0.004F, 0, 1.290F, 0.091F, 0.460F, 0, -1.251F,
                                 -0.143F, -0.465F},
                       12, 2e-3F, "dk");
    assert_floats_near(dv,
                       (float[]){0.002F, 0.056F, -0.115F, 0, 0.027F, 1.746F, -3.547F, 0, 0.027F,
                                 0.198F, -0.450F, 0},
                       12, 2e-3F, "dv");
}

/* ---- slopes ---- */

/* The probabilities of scores, and Σ of them times what each is worth. */
static double worth(const double *scores, const float *d_probs, double *probs) {
    double loss = 0.0;
    for (size_t i = 0; i < N; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < M; j++) sum += probs[i * M + j] = exp(scores[i * M + j]);
        for (size_t j = 0; j < M; j++) {
            probs[i * M + j] /= sum;
            loss += probs[i * M + j] * (double)d_probs[i * M + j];
        }
    }
    return loss;
}

static void the_slope_of_a_softmax(void **state) {
    (void)state;
    Arena arena = {0};
    float *x = floats_random(&arena, N * M, 2.0F, 1),
          *d_probs = floats_random(&arena, N * M, 1.0F, 2);
    float probs[N * M], found[N * M], slopes[N * M];
    double scores[N * M], p[N * M];
    for (size_t i = 0; i < N * M; i++) scores[i] = (double)x[i];
    worth(scores, d_probs, p);
    for (size_t i = 0; i < N * M; i++) probs[i] = (float)p[i];
    softmax_gradient(probs, d_probs, N, M, found);
    for (size_t i = 0; i < N * M; i++) {
        scores[i] += 1e-5;
        double above = worth(scores, d_probs, p);
        scores[i] -= 2e-5;
        slopes[i] = (float)((above - worth(scores, d_probs, p)) / 2e-5);
        scores[i] += 1e-5;
    }
    assert_floats_near(found, slopes, N * M, 1e-5F, "the slope");
    arena_free(&arena);
}

/* Σ of out times d_out; inputs: q [N][D], k [M][D], v [M][D]. */
static double attention_worth(const double *inputs, const float *d_out, double *probs) {
    const double *q = inputs, *k = q + N * D, *v = k + M * D;
    double scores[N * M], loss = 0.0;
    float nothing[N * M] = {0};
    for (size_t i = 0; i < N * M; i++) {
        scores[i] = 0.0;
        for (size_t c = 0; c < D; c++) scores[i] += q[i / M * D + c] * k[i % M * D + c] / sqrt(D);
    }
    worth(scores, nothing, probs);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < M; j++)
            for (size_t c = 0; c < D; c++)
                loss += probs[i * M + j] * v[j * D + c] * (double)d_out[i * D + c];
    return loss;
}

static void the_slope_of_cross_attention(void **state) {
    (void)state;
    enum { SIZE = (N + 2 * M) * D };
    Arena arena = {0};
    float *x = floats_random(&arena, SIZE, 1.5F, 3), *d_out = floats_random(&arena, N * D, 1.0F, 4);
    float probs[N * M], found[2 * M * D], slopes[2 * M * D];
    double inputs[SIZE], p[N * M];
    for (size_t i = 0; i < SIZE; i++) inputs[i] = (double)x[i];
    attention_worth(inputs, d_out, p);
    for (size_t i = 0; i < N * M; i++) probs[i] = (float)p[i];
    const float *q = x, *k = q + N * D, *v = k + M * D;
    memory_gradient(q, k, v, probs, d_out, N, M, D, found, found + M * D);
    for (size_t i = 0; i < 2 * M * D; i++) {
        double *input = &inputs[N * D + i];
        *input += 1e-5;
        double above = attention_worth(inputs, d_out, p);
        *input -= 2e-5;
        slopes[i] = (float)((above - attention_worth(inputs, d_out, p)) / 2e-5);
        *input += 1e-5;
    }
    assert_floats_near(found + M * D, slopes + M * D, M * D, 1e-5F, "the slope of the values");
    assert_floats_near(found, slopes, M * D, 1e-5F, "the slope of the keys");
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_even_choice),         cmocka_unit_test(nothing_to_gain),
        cmocka_unit_test(one_position),           cmocka_unit_test(the_black_cat),
        cmocka_unit_test(the_slope_of_a_softmax), cmocka_unit_test(the_slope_of_cross_attention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
