#include "layers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

Weights weights_of(Arena *arena, const float *data, size_t n_rows, size_t n_cols) {
    return layer_of(arena, n_cols, n_rows, data, NULL).weight;
}

Linear layer_of(Arena *arena, size_t n_in, size_t n_out, const float *weight, const float *bias) {
    Error err = {0};
    Linear linear;
    assert_true(linear_of_floats(weight, bias, n_in, n_out, &linear, arena, &err));
    return linear;
}

float *floats_of(Arena *arena, const Weights *weights, size_t n_rows, size_t n_cols) {
    Error err = {0};
    float *out = arena_floats(arena, n_rows * n_cols, "a fixture", &err);
    assert_non_null(out);
    for (size_t row = 0; row < n_rows; row++) weights_row(weights, row, n_cols, out + row * n_cols);
    return out;
}
