/* int8_avx2.c: AVX2: vpmaddubsw multiplies bytes and adds them in pairs, vpmaddwd adds the pairs

   vpmaddubsw multiplies unsigned by signed bytes, and its 16-bit sums may saturate. So the signs of the
   weights move to x: |w| · sign(w) x. This is exact for every weight: |−128| is 128 as an unsigned
   byte, −x fits because x is −127 to 127, and a pair is at most 2 · 128 · 127 = 32,512.

   In pairs (int8.h), x is unsigned already, and one vpmaddwd serves two cells. */
#include <immintrin.h>
#include <stdint.h>

typedef __m256i vec;
typedef struct {
    __m256i bytes;
    __m256i other;  // of a weight: its magnitudes; in pairs: the next cell
} operand;
enum { TILE_ROWS = 4, TILE_SUMS = 8, WEIGHT_OFFSET = 0 };

static inline operand bytes_load(const void *p) {
    __m256i bytes = _mm256_loadu_si256(p);
    return (operand){bytes, _mm256_abs_epi8(bytes)};
}

static inline operand row_load(const void *p) {
    __m256i bytes = _mm256_castps_si256(_mm256_broadcast_ss(p));
    return (operand){bytes, bytes};
}

static inline vec multiply_add(operand w, operand x, vec sum) {
    __m256i pairs = _mm256_maddubs_epi16(w.other, _mm256_sign_epi8(x.bytes, w.bytes));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

#define PAIRS
static inline operand pairs_bytes_load(const void *p, const void *next) {
    return (operand){_mm256_loadu_si256(p), _mm256_loadu_si256(next)};
}

static inline operand pairs_row_load(const void *p) {
    const float *cells = p;
    return (operand){_mm256_castps_si256(_mm256_broadcast_ss(cells)),
                     _mm256_castps_si256(_mm256_broadcast_ss(cells + 1))};
}

static inline vec pairs_multiply_add(operand w, operand x, vec sum) {
    __m256i pairs = _mm256_add_epi16(_mm256_maddubs_epi16(x.bytes, w.bytes),
                                     _mm256_maddubs_epi16(x.other, w.other));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

#include "nn/kernels/int8.h"

const Int8Kernel int8_avx2 = {multiply, int8_round, int8_measure};
