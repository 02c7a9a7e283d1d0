/* kernels.h: the inner loops under Linear, one file for each kind of processor

       sums[r][o] = Σ_k x[r][k] · w[o][k]           rows r of activations, outputs o of a layer

   F32 and F16 weights stay as they lie in the model's file, row-major [n_out][n_in]: nothing is packed
   or copied at load. A dot product then runs along k with LANES partial sums in one vector register,
   which are added at the end. A kernel works on tiles of ROWS x 4 such sums:

                    w[o] w[o+1] w[o+2] w[o+3]         each [n_in], read once for all rows of the tile
           x[r]      ▪     ▪      ▪      ▪
           x[r+1]    ▪     ▪      ▪      ▪            ▪ one register of LANES partial sums: lane l has
           x[r+2]    ▪     ▪      ▪      ▪              the products of all k with k mod LANES = l
           …

   so ROWS + 4 loads serve 4 · ROWS multiplications. One row (a decode step of one sentence) is bound
   by reading the weights, many rows by the multiplications.

   int8 multiplies four times as many numbers at once, and adding up the lanes of its few registers
   would be as much work again. So these weights are packed at load (weights.h): the lanes of a
   register are outputs, an activation goes to all of them, and nothing is left to add up.

                    w[o … o+15] w[o+16 … o+31] …      each PANEL_STEP bytes for 4 values of k
           x[r]          ▪            ▪               ▪ one register (or a few) of 16 sums; the 4
           x[r+1]        ▪            ▪                 numbers of x are repeated in all its lanes
           …

   Every sum is made in the same order whatever tile it falls into: a row's result does not depend, to
   the last bit, on the rows beside it, nor on the thread. Dense kernels differ from each other in the
   last bits, for they have other LANES; int8 kernels add integers, and all agree exactly.

   Which kernel runs is found out once, from the processor the program runs on. */
#ifndef XATTN_KERNELS_H
#define XATTN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

/* y [n][n_out] = x wᵀ + bias in floats. */
typedef struct {
    size_t n, n_in, n_out;
    const float *x;      // [n][n_in]
    const void *weight;  // [n_out][n_in] float, or half-precision numbers
    bool is_half;
    const float *bias;  // [n_out]
    float *y;           // [n][n_out]
} DenseProduct;

typedef struct {
    const char *name;
    bool (*is_supported)(void);
    void (*multiply)(const DenseProduct *product);
} DenseKernel;

/* Four totals. */
typedef float quad __attribute__((vector_size(16)));

/* y [n][n_out] = x wᵀ + bias, in integers but for the scales: int8_layer.h. */
typedef struct {
    size_t n, n_in, n_out;  // n_in <= INT8_MAX_IN
    const float *x;         // [n][n_in]
    const int8_t *weight;   // packed: weights.h
    const float *scales;    // [n_out]
    const float *bias;      // [n_out]
    float *y;               // [n][n_out]
} Int8Product;

enum { INT8_MAX_IN = 65536 };

typedef struct {
    const char *name;
    bool (*is_supported)(void);
    void (*multiply)(const Int8Product *product);
    float (*round)(const float *x, size_t n, int8_t *q);  // int8_round of int8_layer.h
} Int8Kernel;

/* All kernels in this build, best first; the last one is portable and always supported. NULL ends
   the list. For tests; others take the chosen one. */
extern const DenseKernel *const dense_kernels[];
extern const Int8Kernel *const int8_kernels[];

/* The best one that this processor supports. */
const DenseKernel *dense_kernel(void);
const Int8Kernel *int8_kernel(void);

#endif
