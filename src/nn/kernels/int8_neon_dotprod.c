/* int8_neon_dotprod.c: ARM's sdot, which multiplies 16 signed bytes and adds them in fours */
#include <arm_neon.h>

typedef int32x4_t vec;
typedef int8x16_t operand;
enum { TILE_ROWS = 6, TILE_SUMS = 24, WEIGHT_OFFSET = 0 };

static inline operand bytes_load(const void *p) { return vld1q_s8(p); }

static inline operand row_load(const void *p) { return vreinterpretq_s8_f32(vld1q_dup_f32(p)); }

static inline vec multiply_add(operand w, operand x, vec sum) { return vdotq_s32(sum, w, x); }

#include "nn/kernels/int8.h"

const Int8Kernel int8_neon_dotprod = {multiply, int8_round, int8_measure};
