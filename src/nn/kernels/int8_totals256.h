/* int8_totals256.h: the totals of four AVX2 registers of int32

   vphaddd adds neighbours: twice, and either half of the register has a part of all four totals. */
#include <immintrin.h>

static inline void vec_totals(const __m256i *sums, int *out) {
    __m256i halves =
        _mm256_hadd_epi32(_mm256_hadd_epi32(sums[0], sums[1]), _mm256_hadd_epi32(sums[2], sums[3]));
    _mm_storeu_si128((__m128i *)(void *)out, _mm_add_epi32(_mm256_castsi256_si128(halves),
                                                           _mm256_extracti128_si256(halves, 1)));
}
