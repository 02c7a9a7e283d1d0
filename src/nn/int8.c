#include "nn/int8.h"

#include <math.h>
#include <string.h>

/* Rows and outputs that are worked on at a time, so that what lies between fits the stack and the
   first cache. */
enum { ROWS = 4, OUTPUTS = 256, ROOM = INT8_MAX_IN };

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

float int8_round(const float *x, size_t n, int8_t *q) {
    const float round = 0x1.8p23F;  // a sum with it has no fraction bits: rounds halves to even
    float largest = largest_magnitude(x, n);
    bool is_zero = !(largest >= 1e-30F), is_finite = isfinite(largest);
    if (is_zero || !is_finite) {
        memset(q, 0, n);
        return is_finite ? 0.0F : NAN;
    }
    float inverse = 127.0F / largest;
    for (size_t i = 0; i < n; i++) q[i] = (int8_t)(int32_t)((x[i] * inverse + round) - round);
    return largest / 127.0F;
}

/* What one band of rows is worked on with. */
typedef struct {
    int8_t x[ROOM + INT8_PADDING];  // [rows][stride]
    int32_t totals[ROWS];
    float scales[ROWS];
    int32_t sums[ROWS * OUTPUTS];  // [rows][outputs]
} Band;

static void round_rows(const float *x, size_t rows, size_t n_in, size_t stride, Band *band) {
    for (size_t r = 0; r < rows; r++) {
        int8_t *q = band->x + r * stride;
        band->scales[r] = int8_round(x + r * n_in, n_in, q);
        memset(q + n_in, 0, stride - n_in);
        band->totals[r] = 0;
        for (size_t k = 0; k < n_in; k++) band->totals[r] += q[k];
    }
}

/* The formula in int8.h for a row of n outputs. */
static void scale_sums(const int32_t *sums, size_t n, float scale, const float *scales,
                       const float *bias, float *y) {
    for (size_t o = 0; o < n; o++) y[o] = (float)sums[o] * (scale * scales[o]) + bias[o];
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

void int8_multiply(const Int8Kernel *kernel, const float *x, size_t n, size_t n_in,
                   const int8_t *weight, const float *scales, const float *bias, size_t n_out,
                   float *y) {
    Band band;
    size_t stride = (n_in + INT8_PADDING - 1) / INT8_PADDING * INT8_PADDING;
    size_t most = least(ROWS, ROOM / stride);
    for (size_t row = 0, rows; row < n; row += rows) {
        rows = least(most, n - row);
        round_rows(x + row * n_in, rows, n_in, stride, &band);
        for (size_t o = 0, outputs; o < n_out; o += outputs) {
            outputs = least(OUTPUTS, n_out - o);
            kernel->multiply(&(Int8Product){.n = rows,
                                            .n_in = n_in,
                                            .n_out = outputs,
                                            .x = band.x,
                                            .stride = stride,
                                            .totals = band.totals,
                                            .weight = weight + o * n_in,
                                            .sums = band.sums});
            for (size_t r = 0; r < rows; r++)
                scale_sums(band.sums + r * outputs, outputs, band.scales[r], scales + o, bias + o,
                           y + (row + r) * n_out + o);
        }
    }
}
