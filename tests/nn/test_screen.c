/* The screen against linear_best, where outputs differ much, little and not at all. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "layers.h"
#include "nn/screen.h"

enum { MOST_ROWS = 33 };
static const size_t shapes[][2] = {{1, 1},   {8, 15},   {37, 16},  {16, 17},    {40, 63},
                                   {24, 64}, {100, 65}, {64, 640}, {256, 2500}, {8, 40000}};
enum { N_SHAPES = sizeof shapes / sizeof shapes[0] };

/* Expects the screen's best outputs of x to be those of the layer, which was made from `weight`. */
static void expect_same(const Linear *linear, const float *weight, const float *x, size_t n,
                        const char *what) {
    Arena arena = {0};
    Error err = {0};
    Best expected[MOST_ROWS], best[MOST_ROWS];
    const StoredWeights stored = {STORED_F32, weight, NULL, false};
    const Screen *screen = screen_make(linear, &stored, &arena, &err);
    float *scratch = arena_floats(&arena, SCREEN_SCRATCH, "a fixture", &err);
    assert_non_null(screen);
    linear_best(linear, x, n, expected);
    screen_best(screen, linear, x, n, scratch, best);
    for (size_t r = 0; r < n; r++) {
        assert_int_equal(best[r].is_finite, expected[r].is_finite);
        if (best[r].is_finite && best[r].output != expected[r].output)
            fail_msg("%s, %zu to %zu, row %zu of %zu: output %zu, expected %zu", what, linear->n_in,
                     linear->n_out, r, n, best[r].output, expected[r].output);
    }
    arena_free(&arena);
}

/* Outputs that differ from one another by `difference` of their weights. */
static void check(float difference, float size, const char *what) {
    static const size_t rows[] = {1, 2, 16, MOST_ROWS};
    for (size_t s = 0; s < N_SHAPES; s++) {
        Arena arena = {0};
        size_t n_in = shapes[s][0], n_out = shapes[s][1];
        float *weight = floats_random(&arena, n_in * n_out, 1.0F, 1);
        for (size_t i = n_in; i < n_in * n_out; i++)
            weight[i] = weight[i % n_in] + difference * weight[i];
        float *bias = floats_random(&arena, n_out, difference, 2);
        const float *x = floats_random(&arena, MOST_ROWS * n_in, size, 3);
        const Linear linear = layer_of(&arena, n_in, n_out, weight, bias);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            expect_same(&linear, weight, x, rows[i], what);
        arena_free(&arena);
    }
}

static void it_finds_the_largest(void **state) {
    (void)state;
    check(100.0F, 1.0F, "far apart");
    check(1.0F, 1.0F, "a usual layer");
    check(0.02F, 3.0F, "some within the bound");
    check(1e-4F, 1.0F, "all within the bound");
    check(1e-7F, 1.0F, "differences of a float's last bits");
    check(0.0F, 1.0F, "all equal: the first");
    check(1.0F, 1e-31F, "x too small for int8");
    check(1.0F, 0.0F, "only the bias");
}

/* In x, in a weight, or in a bias, wherever it is. */
static void it_shows_damage(void **state) {
    (void)state;
    static const float bad[] = {NAN, -NAN, INFINITY, -INFINITY, 3e38F};
    enum { IN = 20, OUT = 150 };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t at = 0; at < OUT; at += 7) {
            Arena arena = {0};
            float *weight = floats_random(&arena, IN * OUT, 1.0F, 1),
                  *bias = floats_random(&arena, OUT, 1.0F, 2),
                  *x = floats_random(&arena, 3 * IN, 2.0F, 3);
            bias[at] = bad[i];
            Linear linear = layer_of(&arena, IN, OUT, weight, bias);
            expect_same(&linear, weight, x, 3, "a bias");
            bias[at] = 0.0F;
            weight[at * IN + at % IN] = bad[i];
            linear = layer_of(&arena, IN, OUT, weight, bias);
            expect_same(&linear, weight, x, 3, "a weight");
            weight[at * IN + at % IN] = 0.0F;
            x[IN + at % IN] = bad[i];
            linear = layer_of(&arena, IN, OUT, weight, bias);
            expect_same(&linear, weight, x, 3, "x");
            arena_free(&arena);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_the_largest),
        cmocka_unit_test(it_shows_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
