/* dense_wasm.c: WebAssembly's SIMD, 4 floats a register

   The browser compiles this for its processor, which has 16 registers or more. There is no multiplication
   that adds in one rounding, so the sums are those of the portable kernel. */
#include <wasm_simd128.h>

typedef float vec __attribute__((vector_size(16)));
enum { TILE_ROWS = 2, TILE_SUMS = 8 };

static inline vec floats_load(const void *p) { return (vec)wasm_v128_load(p); }

/* As weights.c does it, which explains it, but that the sign is multiplied along. */
static inline vec halves_load(const void *p) {
    const v128_t exponent = wasm_i32x4_const_splat(0x0F800000);
    v128_t bits = wasm_i32x4_shl(wasm_i32x4_load16x4(p), 13);
    bits = wasm_v128_and(bits, wasm_i32x4_const_splat((int)0x8FFFE000));
    v128_t is_special = wasm_i32x4_eq(wasm_v128_and(bits, exponent), exponent);
    v128_t value = wasm_f32x4_mul(bits, wasm_f32x4_const_splat(0x1p112F));
    return (vec)wasm_v128_or(value, wasm_v128_and(is_special, wasm_i32x4_const_splat(0x7F800000)));
}

static inline vec row_load(const void *p) { return (vec)wasm_v128_load32_splat(p); }

static inline vec multiply_add(vec w, vec x, vec sum) { return sum + w * x; }

#include "nn/kernels/dense.h"

void dense_wasm(const Product *product) { multiply(product); }
