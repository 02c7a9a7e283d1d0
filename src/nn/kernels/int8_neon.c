/* int8_neon.c: ARM's sdot, which multiplies 16 signed bytes and adds them in fours */
#include <arm_neon.h>

#include "nn/kernels/cpu.h"

typedef int32x4_t vec;
typedef int8x16_t bytes;
enum { STEP = 16, ROWS = 4, WEIGHT_OFFSET = 0 };

static inline bytes bytes_row(const void *p) { return vld1q_s8(p); }
static inline bytes bytes_weight(const void *p) { return vld1q_s8(p); }
static inline vec vec_dot_add(bytes w, bytes x, vec sum) { return vdotq_s32(sum, w, x); }

static inline vec vec_totals(vec a, vec b, vec c, vec d) {
    return vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d));
}

#include "nn/kernels/int8_tile.h"

extern const Int8Kernel int8_neon;
const Int8Kernel int8_neon = {"neon-dotprod", cpu_has_dotprod, multiply, int8_round};
