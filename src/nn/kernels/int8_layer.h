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

/* Four totals. */
typedef int32_t int32_quad __attribute__((vector_size(16)));

/* Rows and outputs that are worked on at a time, so that what lies between fits the stack and the
   nearest caches. PADDING: the most bytes that a kernel takes in one step. */
enum { OUTPUTS = 4, BAND_ROWS = 60, BAND_OUTPUTS = 128, PADDING = 64 };

typedef struct {
    size_t n, n_in, stride;                 // n rows, at most BAND_ROWS
    int8_t x[INT8_MAX_IN];                  // [n][stride], zeros from n_in on
    int32_t totals[BAND_ROWS];              // Σ_k x[r][k], which some kernels need
    float scales[BAND_ROWS];                // of x
    int32_t sums[BAND_ROWS][BAND_OUTPUTS];  // out
} Band;

/* b->sums [n][n_out] = b->x · weightᵀ, weight [n_out][n_in]; n_out <= BAND_OUTPUTS. */
static void band_multiply(Band *b, const int8_t *weight, size_t n_out);

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

static void band_round(Band *b, const float *x) {
    for (size_t r = 0; r < b->n; r++) {
        int8_t *q = b->x + r * b->stride;
        int32_t total = 0;
        b->scales[r] = int8_round(x + r * b->n_in, b->n_in, q);
        memset(q + b->n_in, 0, b->stride - b->n_in);
        for (size_t k = 0; k < b->n_in; k++) total += q[k];
        b->totals[r] = total;
    }
}

/* The formula above for a row of n outputs. */
static void scale_sums(const int32_t *sums, size_t n, float scale, const float *scales,
                       const float *bias, float *y) {
    for (size_t o = 0; o < n; o++) y[o] = (float)sums[o] * (scale * scales[o]) + bias[o];
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

static void multiply(const Int8Product *p) {
    Band b;
    b.n_in = p->n_in;
    b.stride = (p->n_in + PADDING - 1) / PADDING * PADDING;
    size_t most = least(BAND_ROWS, sizeof b.x / b.stride);
    for (size_t row = 0; row < p->n; row += b.n) {
        b.n = least(most, p->n - row);
        band_round(&b, p->x + row * p->n_in);
        for (size_t o = 0, n; o < p->n_out; o += n) {
            n = least(BAND_OUTPUTS, p->n_out - o);
            band_multiply(&b, p->weight + o * p->n_in, n);
            for (size_t r = 0; r < b.n; r++)
                scale_sums(b.sums[r], n, b.scales[r], p->scales + o, p->bias + o,
                           p->y + (row + r) * p->n_out + o);
        }
    }
}

#endif
