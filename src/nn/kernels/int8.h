/* int8.h: the int8 kernels: rounding before the products, scaling after them

       y[r][o] = (Σ_k q_x[r][k] · q_w[o][k]) · (scale_x[r] · scale_w[o]) + bias[o]

   A row of numbers is rounded to 255 levels between its own largest magnitude and its negative
   (dynamic, symmetric quantisation): scale = max |x| / 127, q = round(x / scale), halves to even. A
   row's result depends on that row alone.

   The sum has integers only, so it is exact: with |q_x| <= 127, |q_w| <= 128 and n_in <= 65536 it fits
   an int32. The rest of the formula is in float, rounded after each operation. All kernels therefore
   agree to the last bit, however a compiler translates these loops.

   An int8_*.c file defines its registers for tile.h, and how to load weights into them:

       bytes_load(p)    4 int8 numbers for every lane, each with WEIGHT_OFFSET added to it */
#include "nn/kernels/tile.h"

INLINE operand weight_load(const unsigned char *p, WeightType type) {
    (void)type;
    return bytes_load(p);
}

INLINE floats outputs_of(const Band *b, size_t r, size_t first, size_t n, vec sums) {
    size_t size = n * sizeof(float);
    floats scales = {0}, bias = {0};
    memcpy(&scales, b->weight_scales + first, size);
    memcpy(&bias, b->bias + first, size);
    integers exact = (integers)sums - WEIGHT_OFFSET * b->totals[r];
    return __builtin_convertvector(exact, floats) * (b->x_scales[r] * scales) + bias;
}

/* The bits of magnitudes, compared as integers, have the order of the floats, with infinity and NaN
   above all others. */
static float largest_magnitude(const float *x, size_t n) {
    int32_t largest = 0, bits;
    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, x + i, sizeof bits);
        bits &= 0x7FFFFFFF;
        largest = bits > largest ? bits : largest;
    }
    float magnitude;
    memcpy(&magnitude, &largest, sizeof magnitude);
    return magnitude;
}

/* Rounds a row of n numbers to q [n] and returns its scale. If all numbers are tiny (below 1e-30), q is
   zero. If there is an infinity or a NaN, the scale is NaN. */
static float int8_round(const float *x, size_t n, int8_t *q) {
    const float round = 0x1.8p23F;  // adding it removes the fraction and rounds halves to even
    float largest = largest_magnitude(x, n);
    if (!isfinite(largest) || largest < 1e-30F) {
        memset(q, 0, n);
        return isfinite(largest) ? 0.0F : NAN;
    }
    float inverse = 127.0F / largest;
    for (size_t i = 0; i < n; i++) q[i] = (int8_t)(int32_t)((x[i] * inverse + round) - round);
    return largest / 127.0F;
}

/* Rounds a few rows at a time, so that their bytes stay in the first-level cache. */
static void multiply(const Product *p) {
    int8_t x[INT8_MAX_IN];  // [rows][row_size], zeros from n_in on
    float scales[BAND_ROWS];
    int32_t totals[BAND_ROWS];
    size_t n_cells = weights_cells(WEIGHTS_INT8, p->n_in), row_size = n_cells * X_CELL;
    size_t most = least(BAND_ROWS, sizeof x / row_size);
    for (size_t first = 0, n; first < p->n; first += n) {
        n = least(most, p->n - first);
        for (size_t r = 0; r < n; r++) {
            int8_t *q = x + r * row_size;
            scales[r] = int8_round(p->x + (first + r) * p->n_in, p->n_in, q);
            memset(q + p->n_in, 0, row_size - p->n_in);
            totals[r] = 0;
            for (size_t k = 0; k < p->n_in; k++) totals[r] += q[k];
        }
        Band band = {.n = n,
                     .n_cells = n_cells,
                     .n_out = p->n_out,
                     .x = (const unsigned char *)x,
                     .weight = p->weight->data,
                     .bias = p->bias,
                     .weight_scales = p->weight->scales,
                     .x_scales = scales,
                     .totals = totals};
        band_run(band, WEIGHTS_INT8, p, first);
    }
}
