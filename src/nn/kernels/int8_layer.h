/* int8_layer.h: what all int8 kernels do around their products: rounding before, scaling behind

       y[r][o] = (Σ_k q_x[r][k] · q_w[o][k]) · (scale_x[r] · scale_w[o]) + bias[o]

   A row of numbers is rounded to 255 levels between its own largest magnitude and its negative
   (dynamic, symmetric quantisation): scale = max |x| / 127, q = round(x / scale), halves to even. A
   row's result depends on that row alone.

   The sum is one of integers, so it is exact, and the rest is the formula above in float, rounded
   after each operation: whatever the compiler makes of these loops on one kind of processor or
   another, all kernels agree to the last bit.

   Included by every int8 kernel, which implements band_multiply. */
#ifndef XATTN_INT8_LAYER_H
#define XATTN_INT8_LAYER_H

#include <math.h>
#include <string.h>

#include "nn/kernels/kernels.h"
#include "nn/weights.h"

/* Rows that are worked on at a time, so that their bytes stay in the nearest cache. */
enum { BAND_ROWS = 64 };

typedef struct {
    size_t first, n, stride;  // rows first … first + n - 1 of x; stride: n_in, filled up to fours
    int8_t x[INT8_MAX_IN];    // [n][stride], zeros from n_in on
    int32_t totals[BAND_ROWS];  // Σ_k x[r][k], which some kernels need
    float scales[BAND_ROWS];    // of x
} Band;

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* All outputs of the band's rows: hands their sums to outputs_write. */
static void band_multiply(const Int8Product *p, const Band *b);

/* Magnitudes compare as integers like the floats they are, with infinity and NaN above all others. */
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

/* Rounds one row of n numbers to q [n], and returns its scale. A row of numbers too small to matter
   (below 1e-30) is zero. If there is an infinity or a NaN in it the scale is NaN. */
static float int8_round(const float *x, size_t n, int8_t *q) {
    const float round = 0x1.8p23F;  // a sum with it has no fraction bits: rounds halves to even
    float largest = largest_magnitude(x, n);
    if (!isfinite(largest) || largest < 1e-30F) {
        memset(q, 0, n);
        return isfinite(largest) ? 0.0F : NAN;
    }
    float inverse = 127.0F / largest;
    for (size_t i = 0; i < n; i++) q[i] = (int8_t)(int32_t)((x[i] * inverse + round) - round);
    return largest / 127.0F;
}

static void band_round(const Int8Product *p, Band *b) {
    for (size_t r = 0; r < b->n; r++) {
        int8_t *q = b->x + r * b->stride;
        int32_t total = 0;
        b->scales[r] = int8_round(p->x + (b->first + r) * p->n_in, p->n_in, q);
        memset(q + p->n_in, 0, b->stride - p->n_in);
        for (size_t k = 0; k < p->n_in; k++) total += q[k];
        b->totals[r] = total;
    }
}

/* The formula above for n outputs of row r of the band, from their sums [n][parts], which are still to
   be added up; `offset` was added to every weight. */
INLINE void outputs_write(const Int8Product *p, const Band *b, size_t r, size_t first, size_t n,
                          const int32_t *sums, size_t parts, int32_t offset) {
    const float *scales = p->scales + first, *bias = p->bias + first;
    float scale = b->scales[r], *restrict y = p->y + (b->first + r) * p->n_out + first;
    for (size_t o = 0; o < n; o++) {
        int32_t sum = -offset * b->totals[r];
        for (size_t i = 0; i < parts; i++) sum += sums[o * parts + i];
        y[o] = (float)sum * (scale * scales[o]) + bias[o];
    }
}

/* 4 numbers of a row, to be copied into every lane of a register. */
INLINE int32_t int8_four(const int8_t *x) {
    int32_t four;
    memcpy(&four, x, sizeof four);
    return four;
}

static void multiply(const Int8Product *p) {
    Band b;
    b.stride = (p->n_in + PANEL_COLS - 1) / PANEL_COLS * PANEL_COLS;
    size_t most = least(BAND_ROWS, sizeof b.x / b.stride);
    for (b.first = 0; b.first < p->n; b.first += b.n) {
        b.n = least(most, p->n - b.first);
        band_round(p, &b);
        band_multiply(p, &b);
    }
}

#endif
