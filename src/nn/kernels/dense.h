/* dense.h: the dense kernels: F32 or F16 weights, sums in F32

   A dense_*.c file defines its registers for tile.h, and how to load weights into them:

       floats_load(p), halves_load(p)   LANES floats, or half-precision numbers made floats, at any
                                        address */
#include <string.h>

typedef vec operand;

#include "nn/kernels/tile.h"

INLINE operand weight_load(const unsigned char *p, WeightType type) {
    return type == WEIGHTS_F16 ? halves_load(p) : floats_load(p);
}

INLINE void outputs_write(const Band *b, size_t r, size_t first, size_t n, vec sums) {
    float *y = b->y + r * b->n_out + first;
    vec bias = {0};
    memcpy(&bias, b->bias + first, n == LANES ? sizeof bias : n * sizeof *y);
    sums += bias;
    memcpy(y, &sums, n == LANES ? sizeof sums : n * sizeof *y);
}

/* Makes a copy of the code for each type of weight. */
static void multiply(const Product *p) {
    const Band all = {.n = p->n,
                      .n_cells = p->n_in,
                      .n_out = p->n_out,
                      .x = (const unsigned char *)p->x,
                      .weight = p->weight->data,
                      .bias = p->bias,
                      .y = p->y};
    if (p->weight->type == WEIGHTS_F16)
        band_multiply(&all, WEIGHTS_F16);
    else
        band_multiply(&all, WEIGHTS_F32);
}
