/* kernels.h: the inner loops under Linear, one file for each kind of processor

       sums[r][o] = Σ_k x[r][k] · w[o][k]           rows r of activations, outputs o of a layer

   Weights stay as they lie in the model's file, row-major [n_out][n_in]: nothing is packed or copied
   at load, and the embedding table, which is the output layer's matrix too, can be read a row at a
   time. A dot product then runs along k with LANES partial sums in one vector register, which are
   added at the end. A kernel works on tiles of ROWS x 4 such sums:

                    w[o] w[o+1] w[o+2] w[o+3]         each [n_in], read once for all rows of the tile
           x[r]      ▪     ▪      ▪      ▪
           x[r+1]    ▪     ▪      ▪      ▪            ▪ one register of LANES partial sums: lane l has
           x[r+2]    ▪     ▪      ▪      ▪              the products of all k with k mod LANES = l
           …

   so ROWS + 4 loads serve 4 · ROWS multiplications. One row (a decode step of one sentence) is bound
   by reading the weights, many rows by the multiplications.

   Every sum is made in the same order whatever tile it falls into: a row's result does not depend, to
   the last bit, on the rows beside it, nor on the thread. Dense kernels differ from each other in the
   last bits, for they have other LANES; int8 kernels add integers, and all agree exactly.

   Which kernel runs is found out once, from the processor the program runs on. */
#ifndef XATTN_KERNELS_H
#define XATTN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* sums [n][n_out] = x wᵀ in integers. x and its sums are those of -127 … 127. */
typedef struct {
    size_t n, n_in, n_out;
    const int8_t *x;        // [n][stride], zeros from n_in on
    size_t stride;          // a multiple of INT8_PADDING
    const int32_t *totals;  // [n] Σ_k x[r][k], which one kernel needs
    const int8_t *weight;   // [n_out][n_in]
    int32_t *sums;          // [n][n_out]
} Int8Product;

enum { INT8_PADDING = 64 };

typedef struct {
    const char *name;
    bool (*is_supported)(void);
    void (*multiply)(const Int8Product *product);
} Int8Kernel;

/* All kernels in this build, best first; the last one is portable and always supported. NULL ends
   the list. For tests; others take the chosen one. */
extern const DenseKernel *const dense_kernels[];
extern const Int8Kernel *const int8_kernels[];

/* The best one that this processor supports. */
const DenseKernel *dense_kernel(void);
const Int8Kernel *int8_kernel(void);

#endif
