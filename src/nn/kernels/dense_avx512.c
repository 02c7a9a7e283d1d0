/* dense_avx512.c: AVX-512, 16 floats a register, 32 registers

   A tile of 12 rows and 2 panels has 24 sums and 2 weights. */
#include <immintrin.h>

typedef __m512 vec;
enum { TILE_ROWS = 12, TILE_SUMS = 24 };

static inline vec floats_load(const void *p) { return _mm512_loadu_ps(p); }

static inline vec halves_load(const void *p) { return _mm512_cvtph_ps(_mm256_loadu_si256(p)); }

static inline vec row_load(const void *p) { return _mm512_set1_ps(*(const float *)p); }

static inline vec multiply_add(vec w, vec x, vec sum) { return _mm512_fmadd_ps(w, x, sum); }

#include "nn/kernels/dense.h"

void dense_avx512(const Product *product) { multiply(product); }
