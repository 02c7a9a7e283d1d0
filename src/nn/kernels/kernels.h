/* kernels.h: the inner loops under Linear, one set for each kind of processor

       sums[r][o] = Σ_k x[r][k] · w[o][k]           rows r of activations, outputs o of a layer

   Weights are packed (weights.h) so that each lane of a register is an output. An activation goes to
   all lanes, each lane sums up its own output, and no sums across lanes remain at the end. A kernel
   works on tiles of some rows and some panels of 16 outputs, whose sums stay in registers from the
   first k to the last:

                      panel 0  panel 1 …           the next cell of 16 outputs each, read once for
           x[r]          ▪        ▪                all rows of the tile
           x[r+1]        ▪        ▪
           x[r+2]        ▪        ▪                ▪ one register of 16 sums, or a few; the cell of x is
           …                                         repeated in all lanes

   The same scheme serves all types of weights. A cell of x has 4 bytes: one float, or four int8
   numbers. A cell of a weight is one float, one half-precision number, or four int8. A step of a tile
   multiplies a cell of x by the same cell of every output and adds the product, or the four products,
   to the sum. Half-precision weights are widened when a tile reads them, once for all of its rows.

   With one row (a decode step of one sentence), reading the weights takes the time; with many rows, the
   multiplications do. A tile with fewer rows has more panels, so that there are always enough sums to
   keep the multipliers busy.

   Every tile adds in the same order, k rising, so a row's result does not depend, to the last bit, on
   the rows beside it or on the thread. All int8 kernels agree exactly, because they add integers. Dense
   kernels on processors that multiply and add with one rounding agree exactly, too; these are all
   except the portable one and WebAssembly's, which agree with each other.

   tile.h is the body of all kernels, dense.h and int8.h add what each of the two kinds needs, and the
   files dense_*.c and int8_*.c define the registers of a processor. */
#ifndef XATTN_KERNELS_H
#define XATTN_KERNELS_H

#include "nn/weights.h"

#define INLINE static inline __attribute__((always_inline))

/* Put it before short loops that must unroll, so that what they compute stays in registers. */
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

/* The best of a row of outputs. */
typedef struct {
    size_t output;   // the index of the largest; of equal ones, the first
    bool is_finite;  // false if an output is NaN or infinite; `output` is then meaningless
} Best;

/* y [n][n_out] = x wᵀ + bias */
typedef struct {
    size_t n, n_in, n_out;  // n_in <= INT8_MAX_IN for int8 weights
    const float *x;         // [n][n_in]
    const Weights *weight;  // [n_out][n_in]
    const float *bias;      // [n_out]
    float *y;               // [n][n_out], or NULL if only
    Best *best;             // [n] is wanted
} Product;

enum { INT8_MAX_IN = 65536 };

typedef struct {
    void (*multiply)(const Product *product);
    float (*round)(const float *x, size_t n, float least, int8_t *q);  // int8_round of int8.h
    int32_t (*measure)(const int8_t *q, size_t n, int32_t *reach);     // int8_measure
} Int8Kernel;

/* The kernels for one kind of processor. */
typedef struct {
    const char *name;  // for XATTN_KERNELS
    bool (*is_supported)(void);
    void (*dense)(const Product *product);  // of F32 and F16
    const Int8Kernel *int8;
} Kernels;

/* All kernels in this build, best first, for tests. The last are portable and always supported; NULL
   ends the list. */
extern const Kernels *const all_kernels[];

/* The best kernels that this processor supports, or those that the environment variable XATTN_KERNELS
   names. */
const Kernels *kernels(void);

/* False if XATTN_KERNELS names kernels that do not exist or that this processor does not support. Call
   it before using a model; if it fails, kernels() returns the best ones. */
bool kernels_check(Error *err);

/* Each is in a file of its own; kernels.c lists those of this build. */
void dense_portable(const Product *product);
void dense_avx2(const Product *product);
void dense_avx512(const Product *product);
void dense_neon(const Product *product);
void dense_wasm(const Product *product);
extern const Int8Kernel int8_portable, int8_avx2, int8_avx_vnni, int8_avx512, int8_avx512_vnni,
    int8_neon_dotprod, int8_wasm;

#endif
