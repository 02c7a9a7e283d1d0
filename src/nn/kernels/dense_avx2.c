/* dense_avx2.c: AVX2 with FMA and F16C, 8 floats a register, 16 registers */
#include <immintrin.h>

#include "nn/kernels/cpu.h"

typedef __m256 vec;
enum { LANES = 8, ROWS = 3 };

static inline vec vec_load(const float *p) { return _mm256_loadu_ps(p); }

static inline vec vec_widen(const void *p) { return _mm256_cvtph_ps(_mm_loadu_si128(p)); }

static inline vec vec_multiply_add(vec a, vec b, vec sum) { return _mm256_fmadd_ps(a, b, sum); }

/* hadd adds neighbours: twice, and either half of the register has a part of all four totals. */
static inline __m128 vec_totals(vec a, vec b, vec c, vec d) {
    vec halves = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    return _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1));
}

#include "nn/kernels/dense_tile.h"

extern const DenseKernel dense_avx2;
const DenseKernel dense_avx2 = {"avx2", cpu_has_avx2, multiply};
