/* int8.h: the int8 kernels: rounding before the products, scaling after them

       y[r][o] = (Σ_k q_x[r][k] · q_w[o][k]) · (scale_x[r] · scale_w[o]) + bias[o]

   A row of numbers is rounded to 255 levels between its own largest magnitude and its negative
   (dynamic, symmetric quantisation): scale = max |x| / 127, q = round(x / scale), halves to even. A
   row's result depends on that row alone. A row of weights has a larger scale (weights.c).

   The sum has integers only, so it is exact: with |q_x| <= 127, |q_w| <= 128 and n_in <= 65536 it fits
   an int32. The rest of the formula is in float, rounded after each operation. All kernels therefore
   agree to the last bit, however a compiler translates these loops.

   An int8_*.c file defines its registers for tile.h, and how to load weights into them:

       bytes_load(p)    4 int8 numbers for every lane, each with WEIGHT_OFFSET added to it

   x86 before VNNI adds two products of bytes in 16 bits, and multiplies unsigned by signed bytes only. So
   a file for it may define PAIRS, which takes two cells in a step: it makes x unsigned by adding a
   `shift`, adds the products of four numbers in 16 bits, and widens only these sums to 32 bits. At the
   end shift · Σ q_w is subtracted.

       pairs_bytes_load(p, next)       the weights of two cells, for every lane
       pairs_row_load(p)               two cells of x, now unsigned
       pairs_multiply_add(w, x, sum)   sum + w · x, eight products in a lane

   shift is 127, or 0 if no number of x is negative, as after a ReLU. No sum can overflow as long as
   (127 + shift) · reach <= 32767 (weights.h); other weights are multiplied cell by cell. */
#include "nn/kernels/tile.h"

#ifdef PAIRS
enum { HAS_PAIRS = 1 };

INLINE operand x_load(const unsigned char *p, Way way) {
    return way == WAY_INT8_PAIRS ? pairs_row_load(p) : row_load(p);
}

INLINE operand weight_load(const unsigned char *p, Way way) {
    return way == WAY_INT8_PAIRS ? pairs_bytes_load(p, p + PANEL_ROWS * X_CELL) : bytes_load(p);
}

INLINE vec accumulate(operand w, operand x, vec sum, Way way) {
    return way == WAY_INT8_PAIRS ? pairs_multiply_add(w, x, sum) : multiply_add(w, x, sum);
}
#else
enum { HAS_PAIRS = 0 };

INLINE operand x_load(const unsigned char *p, Way way) {
    (void)way;  // cell by cell
    return row_load(p);
}

INLINE operand weight_load(const unsigned char *p, Way way) {
    (void)way;
    return bytes_load(p);
}

INLINE vec accumulate(operand w, operand x, vec sum, Way way) {
    (void)way;
    return multiply_add(w, x, sum);
}
#endif

INLINE floats outputs_of(const Band *b, size_t r, size_t first, size_t n, vec sums) {
    size_t size = n * sizeof(float);
    floats scales = {0}, bias = {0};
    memcpy(&scales, b->weight_scales + first, size);
    memcpy(&bias, b->bias + first, size);
    integers exact = (integers)sums - WEIGHT_OFFSET * b->totals[r];
    if (b->shift) {
        integers weight_sums = {0};
        memcpy(&weight_sums, b->weight_sums + first, size);
        exact -= b->shift * weight_sums;
    }
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

/* Rounds a row of n numbers to q [n] and returns its scale, at least `least` / 127. If all numbers are
   tiny (below 1e-30), q is zero. If there is an infinity or a NaN, the scale is NaN. */
static float int8_round(const float *x, size_t n, float least, int8_t *q) {
    const float round = 0x1.8p23F;  // adding it removes the fraction and rounds halves to even
    float largest = largest_magnitude(x, n);
    if (least > largest) largest = least;
    if (!isfinite(largest) || largest < 1e-30F) {
        memset(q, 0, n);
        return isfinite(largest) ? 0.0F : NAN;
    }
    float inverse = 127.0F / largest;
    for (size_t i = 0; i < n; i++) q[i] = (int8_t)(int32_t)((x[i] * inverse + round) - round);
    return largest / 127.0F;
}

typedef int16_t shorts __attribute__((vector_size(sizeof(vec))));
typedef uint64_t longs __attribute__((vector_size(sizeof(vec))));

/* What is found of a row, lane by lane. */
typedef struct {
    shorts largest;
    integers sum;
} Measure;

INLINE shorts larger_of(shorts a, shorts b) {
    shorts larger = a > b;
    return (a & larger) | (b & ~larger);
}

INLINE void measure_bytes(const int8_t *q, size_t n, Measure *m) {
    shorts bytes = {0};
    memcpy(&bytes, q, n);
    shorts even = bytes << 8 >> 8, odd = bytes >> 8;
    shorts up = larger_of(even, (shorts){0}) + larger_of(odd, (shorts){0});
    shorts down = up - even - odd;
    integers pairs = (integers)(even + odd);
    m->sum += (pairs << 16 >> 16) + (pairs >> 16);
    // Sums of the pairs of a four: this adds the second to the first.
    up += (shorts)((longs)up >> 32), down += (shorts)((longs)down >> 32);
    m->largest = larger_of(m->largest, larger_of(up, down));
}

/* Returns the sum of a row of weights, n a multiple of 8, and finds its reach (weights.h). */
static int32_t int8_measure(const int8_t *q, size_t n, int32_t *reach) {
    Measure m = {{0}, {0}};
    size_t i = 0;
    for (; i + sizeof(vec) <= n; i += sizeof(vec)) measure_bytes(q + i, sizeof(vec), &m);
    for (; i < n; i += INT8_MULTIPLE) measure_bytes(q + i, INT8_MULTIPLE, &m);
    int32_t sums[LANES], sum = 0;
    int16_t fours[2 * LANES], largest = 0;
    memcpy(sums, &m.sum, sizeof sums);
    memcpy(fours, &m.largest, sizeof fours);
    for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];
    for (size_t lane = 0; lane < 2 * LANES; lane++)
        largest = fours[lane] > largest ? fours[lane] : largest;
    *reach = largest;
    return sum;
}

/* Makes the n numbers of x unsigned, if they can then be multiplied in pairs of cells. Returns whether
   they can. */
static bool make_unsigned(int8_t *x, size_t n, int32_t reach, int32_t *shift) {
    int8_t signs = 0;
    for (size_t i = 0; i < n; i++) signs |= x[i];
    int32_t needed = signs < 0 ? 127 : 0;
    if ((127 + needed) * reach > INT16_MAX) return false;
    for (size_t i = 0; needed && i < n; i++) x[i] = (int8_t)(uint8_t)(x[i] + needed);
    *shift = needed;
    return true;
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
            scales[r] = int8_round(p->x + (first + r) * p->n_in, p->n_in, 0.0F, q);
            memset(q + p->n_in, 0, row_size - p->n_in);
            totals[r] = 0;
            for (size_t k = 0; k < p->n_in; k++) totals[r] += q[k];
        }
        int32_t shift = 0;
        bool in_pairs = HAS_PAIRS && make_unsigned(x, n * row_size, p->weight->reach, &shift);
        Band band = {.n = n,
                     .n_cells = n_cells,
                     .n_out = p->n_out,
                     .x = (const unsigned char *)x,
                     .weight = p->weight->data,
                     .bias = p->bias,
                     .weight_scales = p->weight->scales,
                     .x_scales = scales,
                     .totals = totals,
                     .weight_sums = p->weight->sums,
                     .shift = shift};
        if (in_pairs)
            band_run(band, WAY_INT8_PAIRS, p, first);
        else
            band_run(band, WAY_INT8, p, first);
    }
}
