/* int8_totals512.h: the totals of four AVX-512 registers of int32

   They are turned into one register with a part of each total in every quarter, which is folded. */
#include <immintrin.h>

#include "nn/kernels/int8_layer.h"

static inline __m512i add_halves(__m512i a, __m512i b) {
    return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}

static inline int32_quad vec_totals(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = add_halves(a, b), cd = add_halves(c, d);
    __m512i quarters =
        _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i half =
        _mm256_add_epi32(_mm512_castsi512_si256(quarters), _mm512_extracti32x8_epi32(quarters, 1));
    return (int32_quad)_mm_add_epi32(_mm256_castsi256_si128(half),
                                     _mm256_extracti128_si256(half, 1));
}
