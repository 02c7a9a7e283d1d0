/* dense.h: the dense kernels: F32 or F16 weights, sums in F32

   A dense_*.c file defines its registers for tile.h, and how to load weights into them:

       floats_load(p), halves_load(p)   LANES floats, or half-precision numbers made floats, at any
                                        address */
typedef vec operand;

#include "nn/kernels/tile.h"

INLINE operand x_load(const unsigned char *p, Way way) {
    (void)way;
    return row_load(p);
}

INLINE operand weight_load(const unsigned char *p, Way way) {
    return way == WAY_F16 ? halves_load(p) : floats_load(p);
}

INLINE vec accumulate(operand w, operand x, vec sum, Way way) {
    (void)way;
    return multiply_add(w, x, sum);
}

INLINE floats outputs_of(const Band *b, size_t r, size_t first, size_t n, vec sums) {
    (void)r;
    floats bias = {0};
    memcpy(&bias, b->bias + first, n * sizeof(float));
    return (floats)sums + bias;
}

static void multiply(const Product *p) {
    size_t most = p->best ? BAND_ROWS : p->n;
    for (size_t first = 0; first < p->n; first += most) {
        Band band = {.n = least(most, p->n - first),
                     .n_cells = p->n_in,
                     .n_out = p->n_out,
                     .x = (const unsigned char *)(p->x + first * p->n_in),
                     .weight = p->weight->data,
                     .bias = p->bias};
        if (p->weight->type == WEIGHTS_F16)  // makes a copy of the code for each type
            band_run(band, WAY_F16, p, first);
        else
            band_run(band, WAY_F32, p, first);
    }
}
