#include "exercise.h"

float quantise_row(const float *x, size_t n, int8_t *q) {
    // Yours. As it stands everything is nothing.
    (void)x;
    for (size_t i = 0; i < n; i++) q[i] = 0;
    return 0.0F;
}

void quantised_layer(const float *x, size_t n_in, const int8_t *weight, const float *scales,
                     const float *bias, size_t n_out, float *y) {
    // Yours. As it stands a layer is its bias.
    (void)x, (void)n_in, (void)weight, (void)scales;
    for (size_t o = 0; o < n_out; o++) y[o] = bias[o];
}
