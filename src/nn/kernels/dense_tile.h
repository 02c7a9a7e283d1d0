/* dense_tile.h: the body of a dense kernel, the same for every kind of processor

   A dense_*.c file says what its vectors are, and then includes this:

       vec, LANES                       a register of LANES floats
       ROWS                             rows of a tile, 2 to 6: ROWS x 4 sums, 4 weights and an x
                                        are to fit the registers
       vec_load(p), vec_widen(p)        LANES floats, or half-precision numbers made floats, from
                                        any address
       vec_multiply_add(a, b, sum)      a · b + sum, lane by lane
       vec_totals(a, b, c, d)           a quad: the sums of the lanes of each

   The tile and the order of summation are described in kernels.h. */
#include <string.h>

#include "nn/kernels/kernels.h"

enum { OUTPUTS = 4, CACHED_BYTES = 1 << 17 };

INLINE vec weight_load(const DenseProduct *p, size_t at) {
    return p->is_half ? vec_widen((const uint16_t *)p->weight + at)
                      : vec_load((const float *)p->weight + at);
}

/* Asks for weights that the next tile will read, or the one after it. The processor's own guesses begin
   anew with every short row, and come too late where the second cache has to be filled. */
INLINE void weight_prefetch(const DenseProduct *p, size_t at) {
    __builtin_prefetch((const char *)p->weight +
                       at * (p->is_half ? sizeof(uint16_t) : sizeof(float)));
}

/* The last `n` < LANES numbers of a row, and zeros. */
INLINE vec weight_load_tail(const DenseProduct *p, size_t at, size_t n) {
    uint16_t halves[LANES] = {0};
    float floats[LANES] = {0};
    if (p->is_half) {
        memcpy(halves, (const uint16_t *)p->weight + at, n * sizeof *halves);
        return vec_widen(halves);
    }
    memcpy(floats, (const float *)p->weight + at, n * sizeof *floats);
    return vec_load(floats);
}

INLINE vec row_load_tail(const float *x, size_t n) {
    float floats[LANES] = {0};
    memcpy(floats, x, n * sizeof *floats);
    return vec_load(floats);
}

/* `rows` and `outputs` are constants where this is called, so the loops over them unroll and the
   sums stay in registers. */
INLINE void tile(const DenseProduct *p, size_t row, size_t rows, size_t output, size_t outputs) {
    const float *x = p->x + row * p->n_in;
    size_t first = output * p->n_in, k = 0;
    vec sums[ROWS][OUTPUTS], w[OUTPUTS];
    for (size_t r = 0; r < rows; r++)
        for (size_t o = 0; o < OUTPUTS; o++) sums[r][o] = (vec){0};
    for (; k + LANES <= p->n_in; k += LANES) {
        for (size_t o = 0; o < outputs; o++) {
            w[o] = weight_load(p, first + o * p->n_in + k);
            weight_prefetch(p, first + (o + OUTPUTS) * p->n_in + k);
        }
        for (size_t r = 0; r < rows; r++)
            for (size_t o = 0; o < outputs; o++)
                sums[r][o] = vec_multiply_add(vec_load(x + r * p->n_in + k), w[o], sums[r][o]);
    }
    if (k < p->n_in) {
        size_t rest = p->n_in - k;
        for (size_t o = 0; o < outputs; o++)
            w[o] = weight_load_tail(p, first + o * p->n_in + k, rest);
        for (size_t r = 0; r < rows; r++)
            for (size_t o = 0; o < outputs; o++)
                sums[r][o] =
                    vec_multiply_add(row_load_tail(x + r * p->n_in + k, rest), w[o], sums[r][o]);
    }
#pragma GCC unroll 8  // else the sums are an array in memory
    for (size_t r = 0; r < rows; r++) {
        quad totals = vec_totals(sums[r][0], sums[r][1], sums[r][2], sums[r][3]);
        for (size_t o = 0; o < outputs; o++)
            p->y[(row + r) * p->n_out + output + o] = totals[o] + p->bias[output + o];
    }
}

/* Outputs first … end - 1 of some rows. */
INLINE void band(const DenseProduct *p, size_t row, size_t rows, size_t first, size_t end) {
    size_t o = first;
    for (; o + OUTPUTS <= end; o += OUTPUTS) tile(p, row, rows, o, OUTPUTS);
    for (; o < end; o++) tile(p, row, rows, o, 1);
}

/* The same of all rows: four and two at a time, or one, where fewer than ROWS are left. */
INLINE void bands(const DenseProduct *p, size_t first, size_t end) {
    size_t row = 0;
    for (; row + ROWS <= p->n; row += ROWS) band(p, row, ROWS, first, end);
    if (ROWS > 4 && p->n - row >= 4) {
        band(p, row, ROWS > 4 ? 4 : 1, first, end);
        row += 4;
    }
    if (p->n - row >= 2) {
        band(p, row, 2, first, end);
        row += 2;
    }
    if (row < p->n) band(p, row, 1, first, end);
}

/* As many outputs at a time as have weights that stay in the second cache while all rows pass by. */
INLINE void blocks(const DenseProduct *p) {
    size_t size = p->is_half ? sizeof(uint16_t) : sizeof(float);
    size_t block = (CACHED_BYTES / (p->n_in * size) + OUTPUTS) / OUTPUTS * OUTPUTS;
    for (size_t first = 0, end; first < p->n_out; first = end) {
        end = first + block < p->n_out ? first + block : p->n_out;
        bands(p, first, end);
    }
}

/* One copy of the code for each type of weight. */
static void multiply(const DenseProduct *product) {
    DenseProduct p = *product;
    if (p.is_half) {
        p.is_half = true;
        blocks(&p);
    } else {
        p.is_half = false;
        blocks(&p);
    }
}
