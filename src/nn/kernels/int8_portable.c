/* int8_portable.c: plain C with the vectors of gcc and clang; the reference for the other kernels

   A lane of 16 bits holds two bytes. The even bytes and the odd bytes are multiplied separately and
   added; the sum is at most 2 · 128 · 127 = 32,512 and fits. Two such sums are added in each lane of 32
   bits. */
#include <stdint.h>
#include <string.h>

typedef int32_t vec __attribute__((vector_size(16)));
typedef int16_t shorts __attribute__((vector_size(16)));
typedef struct {
    shorts even, odd;
} operand;
enum { TILE_ROWS = 2, TILE_SUMS = 8, WEIGHT_OFFSET = 0 };

static inline operand bytes_split(vec bytes) {
    shorts pairs = (shorts)bytes;
    return (operand){pairs << 8 >> 8, pairs >> 8};
}

static inline operand bytes_load(const void *p) {
    vec bytes;
    memcpy(&bytes, p, sizeof bytes);
    return bytes_split(bytes);
}

static inline operand row_load(const void *p) {
    int32_t four;
    memcpy(&four, p, sizeof four);
    return bytes_split((vec){four, four, four, four});
}

static inline vec multiply_add(operand w, operand x, vec sum) {
    vec pairs = (vec)(w.even * x.even + w.odd * x.odd);
    return sum + (pairs << 16 >> 16) + (pairs >> 16);
}

#include "nn/kernels/int8.h"

const Int8Kernel int8_portable = {multiply, int8_round, int8_measure};
