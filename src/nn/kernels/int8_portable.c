/* int8_portable.c: plain C; the one that the others are checked against */
#include "nn/kernels/int8_layer.h"

static int32_t dot(const int8_t *x, const int8_t *w, size_t n) {
    int32_t sum = 0;
    for (size_t k = 0; k < n; k++) sum += x[k] * w[k];
    return sum;
}

static void band_multiply(Band *b, const int8_t *weight, size_t n_out) {
    for (size_t o = 0; o < n_out; o++)
        for (size_t r = 0; r < b->n; r++)
            b->sums[r][o] = dot(b->x + r * b->stride, weight + o * b->n_in, b->n_in);
}

static bool always(void) { return true; }

extern const Int8Kernel int8_portable;
const Int8Kernel int8_portable = {"portable", always, multiply, int8_round};
