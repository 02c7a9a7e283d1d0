/* int8_avx_vnni.c: VNNI in AVX's registers of 32 bytes, for processors without AVX-512

   As in int8_avx512_vnni.c: weights are taken as w + 128, and 128 Σ x comes off the total. */
#include <immintrin.h>

#include "nn/kernels/cpu.h"
#include "nn/kernels/int8_layer.h"

typedef __m256i vec;
typedef __m256i bytes;
enum { PARTS = 1, ROWS = 2, PANELS = 2, WEIGHT_OFFSET = 128 };

static inline bytes bytes_row(const int8_t *p) { return _mm256_set1_epi32(int8_four(p)); }

static inline bytes bytes_weight(const int8_t *p) {
    return _mm256_xor_si256(_mm256_loadu_si256((const void *)p), _mm256_set1_epi8(-128));
}

static inline vec vec_dot_add(bytes w, bytes x, vec sum) {
    return _mm256_dpbusd_avx_epi32(sum, w, x);
}

#include "nn/kernels/int8_tile.h"

extern const Int8Kernel int8_avx_vnni;
const Int8Kernel int8_avx_vnni = {"avx-vnni", cpu_has_avx_vnni, multiply, int8_round};
