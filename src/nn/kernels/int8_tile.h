/* int8_tile.h: the body of an int8 kernel, the same for every kind of processor

   An int8_*.c file says what its vectors are, and then includes this:

       vec                              a register of partial sums, int32
       bytes                            the STEP numbers of a row that one step takes
       ROWS                             rows of a tile, 2 to 4
       bytes_row(p), bytes_weight(p)    STEP int8 numbers from any address, made ready
       vec_dot_add(w, x, sum)           sum + products of w and x, added up in groups within lanes
       vec_totals(a, b, c, d)           an int32_quad: the sums of the lanes of each
       WEIGHT_OFFSET                    what bytes_weight adds to every weight

   All arithmetic is exact: |x|, |w| <= 128 and n_in <= 65536, so no sum leaves an int32. */
#include "nn/kernels/int8_layer.h"

/* The last `n` < STEP numbers of a row of weights, and zeros. */
INLINE bytes weight_tail(const int8_t *w, size_t n) {
    int8_t padded[STEP] = {0};
    memcpy(padded, w, n);
    return bytes_weight(padded);
}

/* `rows` and `outputs` are constants where this is called, so the loops over them unroll and the
   sums stay in registers. */
INLINE void tile(Band *b, size_t row, size_t rows, const int8_t *weight, size_t output,
                 size_t outputs) {
    const int8_t *x = b->x + row * b->stride;
    vec sums[ROWS][OUTPUTS];
    bytes w[OUTPUTS];
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < OUTPUTS; o++) sums[r][o] = (vec){0};
    size_t k = 0;
    weight += output * b->n_in;
    for (; k + STEP <= b->n_in; k += STEP) {
        for (size_t o = 0; o < outputs; o++) w[o] = bytes_weight(weight + o * b->n_in + k);
        for (size_t r = 0; r < rows; r++)
            for (size_t o = 0; o < outputs; o++)
                sums[r][o] = vec_dot_add(w[o], bytes_row(x + r * b->stride + k), sums[r][o]);
    }
    if (k < b->n_in) {
        for (size_t o = 0; o < outputs; o++)
            w[o] = weight_tail(weight + o * b->n_in + k, b->n_in - k);
        for (size_t r = 0; r < rows; r++)
            for (size_t o = 0; o < outputs; o++)
                sums[r][o] = vec_dot_add(w[o], bytes_row(x + r * b->stride + k), sums[r][o]);
    }
#pragma GCC unroll 8  // else the sums are an array in memory
    for (size_t r = 0; r < rows; r++) {
        int32_quad totals = vec_totals(sums[r][0], sums[r][1], sums[r][2], sums[r][3]) -
                            WEIGHT_OFFSET * b->totals[row + r];
        for (size_t o = 0; o < outputs; o++) b->sums[row + r][output + o] = totals[o];
    }
}

INLINE void tiles(Band *b, size_t row, size_t rows, const int8_t *weight, size_t n_out) {
    size_t o = 0;
    for (; o + OUTPUTS <= n_out; o += OUTPUTS) tile(b, row, rows, weight, o, OUTPUTS);
    for (; o < n_out; o++) tile(b, row, rows, weight, o, 1);
}

static void band_multiply(Band *b, const int8_t *weight, size_t n_out) {
    size_t row = 0;
    for (; row + ROWS <= b->n; row += ROWS) tiles(b, row, ROWS, weight, n_out);
    if (b->n - row >= 2) {
        tiles(b, row, 2, weight, n_out);
        row += 2;
    }
    if (row < b->n) tiles(b, row, 1, weight, n_out);
}
