/* int8_tile.h: the body of an int8 kernel, the same for every kind of processor

   An int8_*.c file says what its vectors are, and then includes this:

       vec                              a register of partial sums, int32
       bytes                            the STEP numbers of a row that one step takes
       ROWS                             rows of a tile, 2 to 4
       bytes_row(p), bytes_weight(p)    STEP int8 numbers from any address, made ready
       vec_dot_add(w, x, sum)           sum + products of w and x, added up in groups within lanes
       vec_totals(sums, out)            out[i] = the sum of the lanes of sums[i], i < 4
       WEIGHT_OFFSET                    what bytes_weight adds to every weight

   All arithmetic is exact: |x|, |w| <= 128 and n_in <= 65536, so no sum leaves an int32. */
#include <string.h>

#include "nn/kernels/kernels.h"

#define INLINE static inline __attribute__((always_inline))

enum { OUTPUTS = 4 };

/* The last `n` < STEP numbers of a row of weights, and zeros. */
INLINE bytes weight_tail(const int8_t *w, size_t n) {
    int8_t padded[STEP] = {0};
    memcpy(padded, w, n);
    return bytes_weight(padded);
}

/* `rows` and `outputs` are constants where this is called, so the loops over them unroll and the
   sums stay in registers. */
INLINE void tile(const Int8Product *p, size_t row, size_t rows, size_t output, size_t outputs) {
    const int8_t *x = p->x + row * p->stride, *weight = p->weight + output * p->n_in;
    vec sums[ROWS][OUTPUTS] = {0};
    bytes w[OUTPUTS] = {0};
    for (size_t k = 0; k < p->n_in; k += STEP) {
        size_t left = p->n_in - k;
        for (size_t o = 0; o < outputs; o++)
            w[o] = left >= STEP ? bytes_weight(weight + o * p->n_in + k)
                                : weight_tail(weight + o * p->n_in + k, left);
        for (size_t r = 0; r < rows; r++) {
            bytes xs = bytes_row(x + r * p->stride + k);
            for (size_t o = 0; o < outputs; o++) sums[r][o] = vec_dot_add(w[o], xs, sums[r][o]);
        }
    }
    for (size_t r = 0; r < rows; r++) {
        int32_t totals[OUTPUTS];
        vec_totals(sums[r], totals);
        for (size_t o = 0; o < outputs; o++)
            p->sums[(row + r) * p->n_out + output + o] =
                totals[o] - WEIGHT_OFFSET * p->totals[row + r];
    }
}

/* All outputs of some rows: the rows stay in the cache while the weights stream by. */
INLINE void band(const Int8Product *p, size_t row, size_t rows) {
    size_t o = 0;
    for (; o + OUTPUTS <= p->n_out; o += OUTPUTS) tile(p, row, rows, o, OUTPUTS);
    for (; o < p->n_out; o++) tile(p, row, rows, o, 1);
}

static void multiply(const Int8Product *p) {
    size_t row = 0;
    for (; row + ROWS <= p->n; row += ROWS) band(p, row, ROWS);
    if (p->n - row >= 2) {
        band(p, row, 2);
        row += 2;
    }
    if (row < p->n) band(p, row, 1);
}
