/* int8_avx512_vnni.c: AVX-512 with VNNI, whose dpbusd multiplies 64 bytes and adds them in fours

   It multiplies unsigned by signed bytes, so it uses w + 128 as weights and subtracts 128 Σ x at the
   end: Σ (w + 128) x − 128 Σ x = Σ w x. To add 128 to a byte, flip its upper bit. */
#include <immintrin.h>
#include <stdint.h>

typedef __m512i vec;
typedef __m512i operand;
enum { TILE_ROWS = 12, TILE_SUMS = 24, WEIGHT_OFFSET = 128 };

static inline operand bytes_load(const void *p) {
    return _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi8(-128));
}

static inline operand row_load(const void *p) {
    return _mm512_castps_si512(_mm512_set1_ps(*(const float *)p));
}

static inline vec multiply_add(operand w, operand x, vec sum) {
    return _mm512_dpbusd_epi32(sum, w, x);
}

#include "nn/kernels/int8.h"

const Int8Kernel int8_avx512_vnni = {multiply, int8_round, int8_measure};
