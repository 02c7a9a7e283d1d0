/* The project's own: int8_round, and linear_forward with int8 weights. */
#include "exercise.h"
#include "nn/kernels/kernels.h"
#include "nn/ops.h"

float quantise_row(const float *x, size_t n, int8_t *q) {
    return kernels()->int8->round(x, n, 0.0F, q);
}

void quantised_layer(const float *x, size_t n_in, const int8_t *weight, const float *scales,
                     const float *bias, size_t n_out, float *y) {
    Arena arena = {0};
    Error err = {0};
    Linear layer = {.n_in = n_in, .n_out = n_out, .bias = bias};
    const StoredWeights stored = {.type = STORED_INT8, .data = weight, .scales = scales};
    if (weights_pack(&stored, n_out, n_in, XATTN_AS_STORED, &layer.weight, &arena, &err))
        linear_forward(&layer, x, 1, y);
    arena_free(&arena);
}
