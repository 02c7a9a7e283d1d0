/* int8_totals256.h: the totals of four AVX2 registers of int32

   vphaddd adds neighbours: twice, and either half of the register has a part of all four totals. */
#include <immintrin.h>

#include "nn/kernels/int8_layer.h"

static inline int32_quad vec_totals(__m256i a, __m256i b, __m256i c, __m256i d) {
    __m256i halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    return (int32_quad)_mm_add_epi32(_mm256_castsi256_si128(halves),
                                     _mm256_extracti128_si256(halves, 1));
}
