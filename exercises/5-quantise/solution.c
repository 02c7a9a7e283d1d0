/* The project's own: weights_convert, which rounds a matrix of one row here, and linear_forward with
   int8 weights. */
#include <string.h>

#include "exercise.h"
#include "nn/ops.h"

float quantise_row(const float *x, size_t n, int8_t *q) {
    Arena arena = {0};
    Error err = {0};
    Weights row = weights_of_floats(x);
    float scale = 0.0F;
    if (weights_convert(&row, 1, n, PRECISION_INT8, &arena, &err)) {
        memcpy(q, row.data, n);
        scale = row.scales[0];
    }
    arena_free(&arena);
    return scale;
}

void quantised_layer(const float *x, size_t n_in, const int8_t *weight, const float *scales,
                     const float *bias, size_t n_out, float *y) {
    Linear layer = {.n_in = n_in,
                    .n_out = n_out,
                    .weight = {.type = WEIGHTS_INT8, .data = weight, .scales = scales},
                    .bias = bias};
    linear_forward(&layer, x, 1, y);
}
