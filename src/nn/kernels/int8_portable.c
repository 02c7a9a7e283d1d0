/* int8_portable.c: plain C; the one that the others are checked against */
#include "nn/kernels/kernels.h"

static bool always(void) { return true; }

static void multiply(const Int8Product *p) {
    for (size_t row = 0; row < p->n; row++)
        for (size_t output = 0; output < p->n_out; output++) {
            const int8_t *x = p->x + row * p->stride, *w = p->weight + output * p->n_in;
            int32_t sum = 0;
            for (size_t k = 0; k < p->n_in; k++) sum += x[k] * w[k];
            p->sums[row * p->n_out + output] = sum;
        }
}

extern const Int8Kernel int8_portable;
const Int8Kernel int8_portable = {"portable", always, multiply};
