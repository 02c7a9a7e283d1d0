/* dense_avx2.c: AVX2 with FMA and F16C, 8 floats a register, 16 registers

   A tile of 6 rows and a panel has 12 sums, 2 weights and a number of x. */
#include <immintrin.h>

typedef __m256 vec;
enum { TILE_ROWS = 6, TILE_SUMS = 12 };

static inline vec floats_load(const void *p) { return _mm256_loadu_ps(p); }

static inline vec halves_load(const void *p) { return _mm256_cvtph_ps(_mm_loadu_si128(p)); }

static inline vec row_load(const void *p) { return _mm256_broadcast_ss(p); }

static inline vec multiply_add(vec w, vec x, vec sum) { return _mm256_fmadd_ps(w, x, sum); }

#include "nn/kernels/dense.h"

void dense_avx2(const Product *product) { multiply(product); }
