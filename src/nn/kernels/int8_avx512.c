/* int8_avx512.c: AVX-512BW: like int8_avx2.c, which explains why it is exact, with registers of 64
   bytes

   There is no vpsignb of this width, so a mask selects the bytes of x to negate. */
#include <immintrin.h>
#include <stdint.h>

typedef __m512i vec;
typedef struct {
    __m512i magnitudes;  // of x, and in pairs: the bytes
    __m512i next;        // in pairs: those of the next cell
    __mmask64 negative;  // of weights, not in pairs
} operand;
enum { TILE_ROWS = 6, TILE_SUMS = 12, WEIGHT_OFFSET = 0 };

static inline operand bytes_load(const void *p) {
    __m512i bytes = _mm512_loadu_si512(p);
    return (operand){_mm512_abs_epi8(bytes), bytes, _mm512_movepi8_mask(bytes)};
}

static inline operand row_load(const void *p) {
    __m512i bytes = _mm512_castps_si512(_mm512_set1_ps(*(const float *)p));
    return (operand){bytes, bytes, 0};
}

static inline vec multiply_add(operand w, operand x, vec sum) {
    __m512i bytes =
        _mm512_mask_sub_epi8(x.magnitudes, w.negative, _mm512_setzero_si512(), x.magnitudes);
    __m512i pairs = _mm512_maddubs_epi16(w.magnitudes, bytes);
    return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
}

#define PAIRS
static inline operand pairs_bytes_load(const void *p, const void *next) {
    return (operand){_mm512_loadu_si512(p), _mm512_loadu_si512(next), 0};
}

static inline operand pairs_row_load(const void *p) {
    const float *cells = p;
    return (operand){_mm512_castps_si512(_mm512_set1_ps(cells[0])),
                     _mm512_castps_si512(_mm512_set1_ps(cells[1])), 0};
}

static inline vec pairs_multiply_add(operand w, operand x, vec sum) {
    __m512i pairs = _mm512_add_epi16(_mm512_maddubs_epi16(x.magnitudes, w.magnitudes),
                                     _mm512_maddubs_epi16(x.next, w.next));
    return _mm512_add_epi32(sum, _mm512_madd_epi16(pairs, _mm512_set1_epi16(1)));
}

#include "nn/kernels/int8.h"

const Int8Kernel int8_avx512 = {multiply, int8_round, int8_measure};
