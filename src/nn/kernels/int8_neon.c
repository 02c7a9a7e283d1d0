/* int8_neon.c: ARM's sdot, which multiplies 16 signed bytes and adds them in fours */
#include <arm_neon.h>

#include "nn/kernels/cpu.h"
#include "nn/kernels/int8_layer.h"

typedef int32x4_t vec;
typedef int8x16_t bytes;
enum { PARTS = 1, ROWS = 4, PANELS = 1, WEIGHT_OFFSET = 0 };

static inline bytes bytes_row(const int8_t *p) {
    return vreinterpretq_s8_s32(vdupq_n_s32(int8_four(p)));
}
static inline bytes bytes_weight(const int8_t *p) { return vld1q_s8(p); }
static inline vec vec_dot_add(bytes w, bytes x, vec sum) { return vdotq_s32(sum, w, x); }

#include "nn/kernels/int8_tile.h"

extern const Int8Kernel int8_neon;
const Int8Kernel int8_neon = {"neon-dotprod", cpu_has_dotprod, multiply, int8_round};
