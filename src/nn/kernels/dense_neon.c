/* dense_neon.c: NEON, 4 floats a register, 32 registers

   A tile of 6 rows and a panel has 24 sums, 4 weights and a number of x: as many sums as 8 rows and 12
   outputs, which would need another panel. */
#include <arm_neon.h>

typedef float32x4_t vec;
enum { TILE_ROWS = 6, TILE_SUMS = 24 };

static inline vec floats_load(const void *p) { return vld1q_f32(p); }

static inline vec halves_load(const void *p) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)));
}

static inline vec row_load(const void *p) { return vld1q_dup_f32(p); }

static inline vec multiply_add(vec w, vec x, vec sum) { return vfmaq_f32(sum, w, x); }

#include "nn/kernels/dense.h"

void dense_neon(const Product *product) { multiply(product); }
