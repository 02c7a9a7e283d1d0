/* kernels.h: the inner loops under Linear, one set for each kind of processor

       sums[r][o] = Σ_k x[r][k] · w[o][k]           rows r of activations, outputs o of a layer

   Weights are packed (weights.h), so that the lanes of a register are outputs: an activation goes to all
   lanes, each lane adds up its own output, and nothing is left to add at the end. A kernel works on tiles
   of some rows and some panels of 16 outputs, whose sums stay in registers from the first k to the last:

                      panel 0  panel 1 …           the next cell of 16 outputs each, read once for
           x[r]          ▪        ▪                all rows of the tile
           x[r+1]        ▪        ▪
           x[r+2]        ▪        ▪                ▪ one register of 16 sums, or a few; the cell of x is
           …                                         repeated in all lanes

   One scheme serves all types of weights. A cell of x is one float, or four int8 numbers, in 4 bytes; a
   cell of a weight is one float, one half-precision number, or four int8. A step of a tile multiplies a
   cell of x by the same cell of every output and adds the product, or the four products, to the sum. Half
   precision is widened as a tile reads it, once for all of its rows.

   One row (a decode step of one sentence) is bound by reading the weights, many rows by the
   multiplications. The fewer the rows of a tile, the more panels it has, so that there are always enough
   sums to keep the multipliers busy.

   Every sum is made in the same order, k rising, whatever tile it falls into: a row's result does not
   depend, to the last bit, on the rows beside it, nor on the thread. int8 kernels add integers and all
   agree exactly. Dense kernels whose processor multiplies and adds in one rounding (all but the portable
   one and WebAssembly's, which agree with each other) agree exactly too.

   tile.h is the body of all kernels; dense.h and int8.h are what its two kinds do around it; a file
   dense_*.c or int8_*.c says what a processor's registers are. */
#ifndef XATTN_KERNELS_H
#define XATTN_KERNELS_H

#include "nn/weights.h"

#define INLINE static inline __attribute__((always_inline))

/* y [n][n_out] = x wᵀ + bias */
typedef struct {
    size_t n, n_in, n_out;  // n_in <= INT8_MAX_IN where weights are int8
    const float *x;         // [n][n_in]
    const Weights *weight;  // [n_out][n_in]
    const float *bias;      // [n_out]
    float *y;               // [n][n_out]
} Product;

enum { INT8_MAX_IN = 65536 };

typedef struct {
    void (*multiply)(const Product *product);
    float (*round)(const float *x, size_t n, int8_t *q);  // int8_round of int8.h
} Int8Kernel;

/* The kernels for one kind of processor. */
typedef struct {
    const char *name;  // what XATTN_KERNELS calls it
    bool (*is_supported)(void);
    void (*dense)(const Product *product);  // of F32 and F16
    const Int8Kernel *int8;
} Kernels;

/* All kernels in this build, best first; the last are portable and always supported. NULL ends the list.
   For tests; others take the chosen ones. */
extern const Kernels *const all_kernels[];

/* The best that this processor supports, or those that the environment variable XATTN_KERNELS names. */
const Kernels *kernels(void);

/* False if XATTN_KERNELS names kernels that do not exist, or that this processor does not support. To
   be asked before a model is used: kernels() then takes the best. */
bool kernels_check(Error *err);

/* One a file; kernels.c makes the list of those of this build. */
void dense_portable(const Product *product);
void dense_avx2(const Product *product);
void dense_avx512(const Product *product);
void dense_neon(const Product *product);
void dense_wasm(const Product *product);
extern const Int8Kernel int8_portable, int8_avx2, int8_avx_vnni, int8_avx512, int8_avx512_vnni,
    int8_neon_dotprod, int8_wasm;

#endif
