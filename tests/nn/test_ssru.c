/* The SSRU against its equations, number by number. */
#include "nn/ssru.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "layers.h"

enum { D = 5, ROWS = 3, STEPS = 4 };

static float noise(size_t i) { return (float)((i * 2654435761U >> 7) % 512) / 256.0F - 1.0F; }

static float weights[2][D * D], forget_bias[D], no_bias[D];

static Ssru make(Arena *arena) {
    for (size_t i = 0; i < (size_t)D * D; i++) {
        weights[0][i] = noise(i);
        weights[1][i] = noise(1000 + 3 * i);
    }
    for (size_t i = 0; i < D; i++) forget_bias[i] = noise(77 + i);
    return (Ssru){.forget = layer_of(arena, D, D, weights[0], forget_bias),
                  .input = layer_of(arena, D, D, weights[1], no_bias)};
}

/* Column i of W x + b. */
static double product(const float *weight, const float *bias, const float *x, size_t i) {
    double sum = (double)bias[i];
    for (size_t k = 0; k < D; k++) sum += (double)weight[i * D + k] * (double)x[k];
    return sum;
}

static void steps_follow_the_equations(void **state) {
    (void)state;
    Arena arena = {0};
    Ssru ssru = make(&arena);
    float memory[ROWS][D] = {{0}}, *cells[ROWS], scratch[ROWS * D], out[ROWS * D], x[ROWS * D];
    double expected[ROWS][D] = {{0}};
    bool below = false, above = false;
    for (size_t r = 0; r < ROWS; r++) cells[r] = memory[ROWS - 1 - r];  // in no order
    for (size_t t = 0; t < STEPS; t++) {
        for (size_t i = 0; i < (size_t)ROWS * D; i++) x[i] = 2.0F * noise(31 * t + 7 * i);
        ssru_step(&ssru, x, ROWS, cells, scratch, out, NULL);
        for (size_t r = 0; r < ROWS; r++)
            for (size_t i = 0; i < D; i++) {
                double f = 1.0 / (1.0 + exp(-product(weights[0], forget_bias, x + r * D, i)));
                double *c = &expected[r][i];
                *c = f * *c + (1.0 - f) * product(weights[1], no_bias, x + r * D, i);
                assert_true(fabs((double)cells[r][i] - *c) < 1e-5);
                assert_true(fabs((double)out[r * D + i] - fmax(0.0, *c)) < 1e-5);
                below = below || *c < -0.1;
                above = above || *c > 0.1;
            }
    }
    assert_true(below && above);
    arena_free(&arena);
}

/* A gate that is all but open or shut keeps or replaces the cell. */
static void the_gate_keeps_or_replaces(void **state) {
    (void)state;
    float w[D * D] = {0}, identity[D * D] = {0}, open[D], shut[D], zero[D] = {0};
    float x[D] = {1.0F, -2.0F, 3.0F, -4.0F, 5.0F}, scratch[D], out[D];
    float memory[D] = {9.0F, 8.0F, -7.0F, -6.0F, 0.5F}, *cells[] = {memory};
    for (size_t i = 0; i < D; i++) {
        identity[i * D + i] = 1.0F;
        open[i] = 100.0F;
        shut[i] = -100.0F;
    }
    Arena arena = {0};
    const Linear input = layer_of(&arena, D, D, identity, zero);
    const Ssru keeps = {.forget = layer_of(&arena, D, D, w, open), .input = input};
    const Ssru replaces = {.forget = layer_of(&arena, D, D, w, shut), .input = input};
    static const float kept[] = {9.0F, 8.0F, 0.0F, 0.0F, 0.5F},
                       taken[] = {1.0F, 0.0F, 3.0F, 0.0F, 5.0F};
    ssru_step(&keeps, x, 1, cells, scratch, out, NULL);
    assert_memory_equal(out, kept, sizeof kept);
    assert_true(memory[2] == -7.0F);
    ssru_step(&replaces, x, 1, cells, scratch, out, NULL);
    assert_memory_equal(out, taken, sizeof taken);
    assert_true(memory[3] == -4.0F);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_follow_the_equations),
        cmocka_unit_test(the_gate_keeps_or_replaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
