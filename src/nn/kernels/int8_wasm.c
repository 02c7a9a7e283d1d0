/* int8_wasm.c: WebAssembly's SIMD: i32x4.dot_i16x8_s, which multiplies 8 numbers of 16 bits and adds them
   in pairs

   Bytes are widened where they lie: of each two, one half of a 16-bit lane, the even one is moved up and
   down again, and the odd one down. A product of the even and one of the odd ones add up the 4 bytes of
   each 32-bit lane, exactly. */
#include <stdint.h>
#include <wasm_simd128.h>

typedef int32_t vec __attribute__((vector_size(16)));
typedef struct {
    v128_t even, odd;
} operand;
enum { TILE_ROWS = 2, TILE_SUMS = 8, WEIGHT_OFFSET = 0 };

static inline operand bytes_split(v128_t bytes) {
    return (operand){wasm_i16x8_shr(wasm_i16x8_shl(bytes, 8), 8), wasm_i16x8_shr(bytes, 8)};
}

static inline operand bytes_load(const void *p) { return bytes_split(wasm_v128_load(p)); }

static inline operand row_load(const void *p) { return bytes_split(wasm_v128_load32_splat(p)); }

static inline vec multiply_add(operand w, operand x, vec sum) {
    return sum + (vec)wasm_i32x4_dot_i16x8(w.even, x.even) +
           (vec)wasm_i32x4_dot_i16x8(w.odd, x.odd);
}

#include "nn/kernels/int8.h"

const Int8Kernel int8_wasm = {multiply, int8_round, int8_measure};
