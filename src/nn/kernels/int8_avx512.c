/* int8_avx512.c: AVX-512BW: bytes are widened to 16 bits, and vpmaddwd adds products in pairs

   vpmaddubsw would take bytes as they are, but its sums of 16 bits can saturate. */
#include <immintrin.h>

#include "nn/kernels/cpu.h"

typedef __m512i vec;
typedef __m512i bytes;
enum { STEP = 32, ROWS = 4, WEIGHT_OFFSET = 0 };

static inline bytes bytes_row(const void *p) { return _mm512_cvtepi8_epi16(_mm256_loadu_si256(p)); }

static inline bytes bytes_weight(const void *p) { return bytes_row(p); }

static inline vec vec_dot_add(bytes w, bytes x, vec sum) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(w, x));
}

#include "nn/kernels/int8_totals512.h"

#include "nn/kernels/int8_tile.h"

extern const Int8Kernel int8_avx512;
const Int8Kernel int8_avx512 = {"avx512bw", cpu_has_avx512, multiply, int8_round};
