/* dense_avx512.c: AVX-512, 16 floats a register, 32 registers; half precision widened as it is read */
#include <immintrin.h>

#include "nn/kernels/cpu.h"

typedef __m512 vec;
enum { LANES = 16, ROWS = 6 };

static inline vec vec_load(const float *p) { return _mm512_loadu_ps(p); }

static inline vec vec_widen(const void *p) { return _mm512_cvtph_ps(_mm256_loadu_si256(p)); }

static inline vec vec_multiply_add(vec a, vec b, vec sum) { return _mm512_fmadd_ps(a, b, sum); }

/* In each quarter of a register: a0+a2 b0+b2 a1+a3 b1+b3 of the quarter's lanes. */
static inline vec add_halves(vec a, vec b) {
    return _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
}

/* Four registers are turned into one with the total of each in every quarter, and that is folded. */
static inline __m128 vec_totals(vec a, vec b, vec c, vec d) {
    __m512d ab = _mm512_castps_pd(add_halves(a, b)), cd = _mm512_castps_pd(add_halves(c, d));
    vec quarters = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(ab, cd)),
                                 _mm512_castpd_ps(_mm512_unpackhi_pd(ab, cd)));
    __m256 half =
        _mm256_add_ps(_mm512_castps512_ps256(quarters), _mm512_extractf32x8_ps(quarters, 1));
    return _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
}

#include "nn/kernels/dense_tile.h"

extern const DenseKernel dense_avx512;
const DenseKernel dense_avx512 = {"avx512", cpu_has_avx512, multiply};
