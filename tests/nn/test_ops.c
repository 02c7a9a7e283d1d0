/* Layer norm, softmax, log-sum-exp, linear and feed-forward layers against double precision. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "layers.h"
#include "nn/ops.h"

static void linear_is_a_product_and_a_bias(void **state) {
    (void)state;
    Arena arena = {0};
    enum { N = 3, IN = 7, OUT = 5 };
    const float *weight = floats_random(&arena, OUT * IN, 1.0F, 1);
    Linear linear = layer_of(&arena, IN, OUT, weight, floats_random(&arena, OUT, 1.0F, 2));
    const float *x = floats_random(&arena, N * IN, 1.0F, 3);
    for (size_t n = 1; n <= N; n++) {  // one row goes another way than many
        float *y = floats_filled(&arena, n * OUT, NAN),
              *expected = floats_filled(&arena, n * OUT, 0);
        for (size_t row = 0; row < n; row++)
            for (size_t o = 0; o < OUT; o++) {
                double sum = (double)linear.bias[o];
                for (size_t i = 0; i < IN; i++)
                    sum += (double)x[row * IN + i] * (double)weight[o * IN + i];
                expected[row * OUT + o] = (float)sum;
            }
        linear_forward(&linear, x, n, y);
        assert_floats_near(y, expected, n * OUT, 2e-6F, "linear");
    }
    arena_free(&arena);
}

/* Also with a mean far from 0, where E[x²] − E[x]² would lose its digits. */
static void layer_norm_adds_and_normalizes(void **state) {
    (void)state;
    Arena arena = {0};
    enum { N = 3, D = 13 };
    LayerNorm norm = {D, floats_random(&arena, D, 2.0F, 1), floats_random(&arena, D, 1.0F, 2),
                      1e-5F};
    const float shifts[] = {0.0F, 100.0F, -3000.0F}, tolerances[] = {2e-6F, 1e-4F, 3e-3F};
    for (size_t s = 0; s < 3; s++) {
        float *x = floats_random(&arena, N * D, 1.0F, 3),
              *sub = floats_random(&arena, N * D, 1.0F, 4);
        float *expected = floats_filled(&arena, N * D, 0.0F);
        for (size_t row = 0; row < N; row++) {
            double sum[D], mean = 0.0, variance = 0.0;
            for (size_t i = 0; i < D; i++) {
                x[row * D + i] += shifts[s];
                mean += sum[i] = (double)x[row * D + i] + (double)sub[row * D + i];
            }
            mean /= D;
            for (size_t i = 0; i < D; i++) variance += (sum[i] - mean) * (sum[i] - mean) / D;
            for (size_t i = 0; i < D; i++)
                expected[row * D + i] = (float)((double)norm.gain[i] * (sum[i] - mean) /
                                                    sqrt(variance + (double)norm.epsilon) +
                                                (double)norm.bias[i]);
        }
        layer_norm_residual(&norm, x, sub, N, NULL);
        assert_floats_near(x, expected, N * D, tolerances[s], "layer norm");
    }
    arena_free(&arena);
}

/* Epsilon stands inside the root, and a row of equal numbers becomes the bias. */
static void layer_norm_of_small_and_equal_rows(void **state) {
    (void)state;
    const float gain[] = {1.0F, 1.0F}, bias[] = {0.25F, -0.5F}, sub[] = {0.0F, 0.0F};
    LayerNorm norm = {2, gain, bias, 1e-5F};
    float equal[] = {3.0F, 3.0F}, small[] = {0.001F, -0.001F};
    layer_norm_residual(&norm, equal, sub, 1, NULL);
    assert_floats_near(equal, bias, 2, 0.0F, "a row of equal numbers");
    float reach = (float)(0.001 / sqrt(1e-6 + 1e-5)), expected[] = {0.25F + reach, -0.5F - reach};
    layer_norm_residual(&norm, small, sub, 1, NULL);
    assert_floats_near(small, expected, 2, 1e-6F, "a row of small numbers");
}

static void softmax_makes_distributions(void **state) {
    (void)state;
    Arena arena = {0};
    enum { N = 4, M = 9 };
    float *x = floats_random(&arena, N * M, 6.0F, 1),
          *expected = floats_filled(&arena, N * M, 0.0F);
    for (size_t i = 0; i < M; i++) x[M + i] += 1e4F, x[2 * M + i] -= 1e4F;  // exp alone overflows
    for (size_t row = 0; row < N; row++) {
        double sum = 0.0;
        for (size_t i = 0; i < M; i++) sum += exp((double)x[row * M + i] - (double)x[row * M]);
        for (size_t i = 0; i < M; i++)
            expected[row * M + i] = (float)(exp((double)x[row * M + i] - (double)x[row * M]) / sum);
    }
    softmax_rows(x, N, M);
    assert_floats_near(x, expected, N * M, 1e-6F, "softmax");
    for (size_t row = 0; row < N; row++) {
        double sum = 0.0;
        for (size_t i = 0; i < M; i++) sum += (double)x[row * M + i];
        assert_true(fabs(sum - 1.0) < 1e-6);
    }
    arena_free(&arena);
}

static void softmax_of_extremes(void **state) {
    (void)state;
    float x[] = {-INFINITY, 2.0F, -INFINITY, 2.0F}, half[] = {0.0F, 0.5F, 0.0F, 0.5F};
    softmax_rows(x, 1, 4);
    assert_floats_near(x, half, 4, 0.0F, "-INFINITY");
    float first[] = {-INFINITY, -5.0F}, second[] = {0.0F, 1.0F};
    softmax_rows(first, 1, 2);
    assert_floats_near(first, second, 2, 0.0F, "-INFINITY in front");
    float huge[] = {FLT_MAX, -FLT_MAX, 0.0F}, one[] = {1.0F, 0.0F, 0.0F};
    softmax_rows(huge, 1, 3);
    assert_floats_near(huge, one, 3, 0.0F, "FLT_MAX");
    float single[] = {-1e30F};
    softmax_rows(single, 1, 1);
    assert_floats_near(single, one, 1, 0.0F, "a single column");
}

static void log_sum_exp_of_many_and_of_extremes(void **state) {
    (void)state;
    Arena arena = {0};
    enum { M = 5001 };
    float *x = floats_random(&arena, M, 8.0F, 1);
    x[17] = -INFINITY;
    double sum = 0.0;
    for (size_t i = 0; i < M; i++) sum += exp((double)x[i]);
    float found = log_sum_exp(x, M), expected = (float)log(sum);
    assert_floats_near(&found, &expected, 1, 2e-6F, "log-sum-exp");
    const float large[] = {1000.0F, 1000.0F};
    found = log_sum_exp(large, 2), expected = 1000.0F + logf(2.0F);
    assert_floats_near(&found, &expected, 1, 1e-4F, "log-sum-exp of large numbers");
    arena_free(&arena);
}

static double act(Activation activation, double x) {
    if (activation == ACTIVATION_RELU) return x > 0.0 ? x : 0.0;
    return x / (1.0 + exp(-x));
}

static void check_feed_forward(Activation activation, float reach) {
    Arena arena = {0};
    enum { N = 3, D = 5, F = 11 };
    const float *w1 = floats_random(&arena, F * D, reach, 1),
                *b1 = floats_random(&arena, F, 1.0F, 2);
    const float *w2 = floats_random(&arena, D * F, 1.0F, 3),
                *b2 = floats_random(&arena, D, 1.0F, 4);
    FeedForward ffn = {layer_of(&arena, D, F, w1, b1), layer_of(&arena, F, D, w2, b2), activation};
    const float *x = floats_random(&arena, N * D, 1.0F, 5);
    float *y = floats_filled(&arena, N * D, NAN), *expected = floats_filled(&arena, N * D, 0.0F);
    float *hidden = floats_filled(&arena, N * F, NAN);
    for (size_t row = 0; row < N; row++)
        for (size_t o = 0; o < D; o++) {
            double sum = (double)b2[o];
            for (size_t h = 0; h < F; h++) {
                double inner = (double)b1[h];
                for (size_t i = 0; i < D; i++)
                    inner += (double)w1[h * D + i] * (double)x[row * D + i];
                sum += (double)w2[o * F + h] * act(activation, inner);
            }
            expected[row * D + o] = (float)sum;
        }
    feed_forward(&ffn, x, N, hidden, y, NULL);
    assert_floats_near(y, expected, N * D, 1e-5F * reach, "feed-forward");
    arena_free(&arena);
}

static void feed_forward_with_both_activations(void **state) {
    (void)state;
    check_feed_forward(ACTIVATION_RELU, 1.0F);
    check_feed_forward(ACTIVATION_SWISH, 1.0F);
    check_feed_forward(ACTIVATION_SWISH, 300.0F);  // where exp(-x) overflows: swish is 0 there
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_is_a_product_and_a_bias),
        cmocka_unit_test(layer_norm_adds_and_normalizes),
        cmocka_unit_test(layer_norm_of_small_and_equal_rows),
        cmocka_unit_test(softmax_makes_distributions),
        cmocka_unit_test(softmax_of_extremes),
        cmocka_unit_test(log_sum_exp_of_many_and_of_extremes),
        cmocka_unit_test(feed_forward_with_both_activations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
