/* int8_avx2.c: AVX2: bytes are widened to 16 bits, and vpmaddwd adds products in pairs

   So there are two sums for every output, added up at the end. vpmaddubsw would take
   bytes as they are, but its sums of 16 bits can saturate. */
#include <immintrin.h>

#include "nn/kernels/cpu.h"
#include "nn/kernels/int8_layer.h"

typedef __m256i vec;
typedef __m256i bytes;
enum { PARTS = 2, ROWS = 2, PANELS = 1, WEIGHT_OFFSET = 0 };

static inline bytes bytes_weight(const int8_t *p) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)p));
}

static inline bytes bytes_row(const int8_t *p) {
    return _mm256_cvtepi8_epi16(_mm_set1_epi32(int8_four(p)));
}

static inline vec vec_dot_add(bytes w, bytes x, vec sum) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(w, x));
}

#include "nn/kernels/int8_tile.h"

extern const Int8Kernel int8_avx2;
const Int8Kernel int8_avx2 = {"avx2", cpu_has_avx2, multiply, int8_round};
