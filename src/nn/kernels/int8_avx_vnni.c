/* int8_avx_vnni.c: VNNI in AVX's registers of 32 bytes, for processors without AVX-512

   As in int8_avx512_vnni.c, the weights are w + 128, and 128 Σ x is subtracted at the end. */
#include <immintrin.h>
#include <stdint.h>

typedef __m256i vec;
typedef __m256i operand;
enum { TILE_ROWS = 6, TILE_SUMS = 12, WEIGHT_OFFSET = 128 };

static inline operand bytes_load(const void *p) {
    return _mm256_xor_si256(_mm256_loadu_si256(p), _mm256_set1_epi8(-128));
}

static inline operand row_load(const void *p) {
    return _mm256_castps_si256(_mm256_broadcast_ss(p));
}

static inline vec multiply_add(operand w, operand x, vec sum) {
    return _mm256_dpbusd_avx_epi32(sum, w, x);
}

#include "nn/kernels/int8.h"

const Int8Kernel int8_avx_vnni = {multiply, int8_round, int8_measure};
