/* dense_portable.c: plain C with the vectors of gcc and clang, 4 floats each

   The compiler makes SSE2 of them, NEON, or whatever the machine has; without any it splits them up.
   Products are rounded before they are added. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef float vec __attribute__((vector_size(16)));
typedef uint32_t bits __attribute__((vector_size(16)));
typedef uint16_t half_bits __attribute__((vector_size(8)));
enum { LANES = 4, ROWS = 2 };

static inline vec vec_load(const float *p) {
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* As weights.c does it, which explains it. */
static inline vec vec_widen(const void *p) {
    half_bits h;
    memcpy(&h, p, sizeof h);
    bits half = __builtin_convertvector(h, bits), magnitude = (half & 0x7FFF) << 13;
    bits special = (bits)(magnitude >= 0x0F800000) & 0x7F800000;
    vec value = (vec)magnitude * 0x1p112F;
    return (vec)((bits)value | special | (half & 0x8000) << 16);
}

static inline vec vec_multiply_add(vec a, vec b, vec sum) { return sum + a * b; }

static inline vec vec_totals(vec a, vec b, vec c, vec d) {
    return (vec){(a[0] + a[2]) + (a[1] + a[3]), (b[0] + b[2]) + (b[1] + b[3]),
                 (c[0] + c[2]) + (c[1] + c[3]), (d[0] + d[2]) + (d[1] + d[3])};
}

static bool always(void) { return true; }

#include "nn/kernels/dense_tile.h"

extern const DenseKernel dense_portable;
const DenseKernel dense_portable = {"portable", always, multiply};
