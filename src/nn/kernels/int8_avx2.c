/* int8_avx2.c: AVX2: bytes are widened to 16 bits, and vpmaddwd adds products in pairs

   vpmaddubsw would take bytes as they are, but its sums of 16 bits can saturate. */
#include <immintrin.h>

#include "nn/kernels/cpu.h"

typedef __m256i vec;
typedef __m256i bytes;
enum { STEP = 16, ROWS = 2, WEIGHT_OFFSET = 0 };

static inline bytes bytes_row(const void *p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128(p)); }

static inline bytes bytes_weight(const void *p) { return bytes_row(p); }

static inline vec vec_dot_add(bytes w, bytes x, vec sum) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(w, x));
}

#include "nn/kernels/int8_totals256.h"

#include "nn/kernels/int8_tile.h"

extern const Int8Kernel int8_avx2;
const Int8Kernel int8_avx2 = {"avx2", cpu_has_avx2, multiply, int8_round};
