/* Rounding, a layer that can be checked with a pencil, and one that is nearly the layer of floats. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exercise.h"
#include "floats.h"

enum { IN = 96, OUT = 20 };

static void the_largest_becomes_127(void **state) {
    (void)state;
    static const float x[] = {1, -2, 0.5F, 0}, y[] = {0.25F, -127, 100};
    int8_t q[4];
    float scale = quantise_row(x, 4, q);
    assert_floats_near(&scale, (float[]){2.0F / 127.0F}, 1, 1e-7F, "the scale");
    assert_int_equal(q[1], -127);
    assert_in_range(q[0], 63, 64);  // 63.5
    assert_int_equal(q[2], 32);     // 31.75
    assert_int_equal(q[3], 0);
    scale = quantise_row(y, 3, q);
    assert_floats_near(&scale, (float[]){1}, 1, 1e-6F, "the scale");
    assert_int_equal(q[0], 0);
    assert_int_equal(q[1], -127);
    assert_int_equal(q[2], 100);
}

/* Rounded to the nearest: no number is further off than half a level. */
static void nothing_is_off_by_more_than_half_a_level(void **state) {
    (void)state;
    Arena arena = {0};
    float *x = floats_random(&arena, IN, 3.0F, 7);
    int8_t q[IN];
    float scale = quantise_row(x, IN, q);
    assert_true(scale > 0.0F);
    for (size_t i = 0; i < IN; i++) {
        float back = (float)q[i] * scale;
        assert_floats_near(&back, &x[i], 1, 0.5001F * scale, "a number and what is left of it");
    }
    arena_free(&arena);
}

static void zeros_stay_zero(void **state) {
    (void)state;
    static const float x[3];
    int8_t q[3] = {1, 2, 3};
    float scale = quantise_row(x, 3, q);
    assert_true(scale == 0.0F);
    for (size_t i = 0; i < 3; i++) assert_int_equal(q[i], 0);
}

/* x becomes 127, -64 and 32 at a scale of 0.01; the sums are 127 - 128 and 254 + 320. */
static void a_layer_by_hand(void **state) {
    (void)state;
    static const float x[] = {1.27F, -0.64F, 0.32F}, scales[] = {0.5F, 2}, bias[] = {10, 20};
    static const int8_t weight[] = {1, 2, 0, 2, 0, 10};
    float y[2];
    quantised_layer(x, 3, weight, scales, bias, 2, y);
    assert_floats_near(y, (float[]){9.995F, 31.48F}, 2, 1e-4F, "the layer's output");
}

static void nearly_the_layer_of_floats(void **state) {
    (void)state;
    Arena arena = {0};
    float *x = floats_random(&arena, IN, 2.0F, 1), *w = floats_random(&arena, OUT * IN, 0.5F, 2);
    float *bias = floats_random(&arena, OUT, 1.0F, 3);
    int8_t q[OUT * IN];
    float scales[OUT], y[OUT], exact[OUT];
    for (size_t o = 0; o < OUT; o++) {
        w[o * IN] *= (float)(o + 1);  // rows of different reach: a scale for all would not do
        scales[o] = quantise_row(w + o * IN, IN, q + o * IN);
        exact[o] = bias[o];
        for (size_t k = 0; k < IN; k++) exact[o] += x[k] * w[o * IN + k];
    }
    quantised_layer(x, IN, q, scales, bias, OUT, y);
    for (size_t o = 0; o < OUT; o++) {
        // IN products, each off by at most half a level of x and half a level of w.
        float reach = 0.0F, most = 0.0F;
        for (size_t k = 0; k < IN; k++) {
            reach = fmaxf(reach, fabsf(x[k]));
            most = fmaxf(most, fabsf(w[o * IN + k]));
        }
        float bound = IN * 0.5F * (reach * most / 127.0F * 2.0F + reach * most / 127.0F / 127.0F);
        assert_floats_near(&y[o], &exact[o], 1, bound, "an output");
        assert_true(fabsf(y[o] - exact[o]) > 0.0F);  // of floats it is not
    }
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_becomes_127),
        cmocka_unit_test(nothing_is_off_by_more_than_half_a_level),
        cmocka_unit_test(zeros_stay_zero),
        cmocka_unit_test(a_layer_by_hand),
        cmocka_unit_test(nearly_the_layer_of_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
