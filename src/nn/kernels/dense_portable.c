/* dense_portable.c: plain C with the vectors of gcc and clang, 4 floats each

   The compiler turns them into SSE2 or the machine's own vector instructions, or splits them up if
   there are none. Products are rounded before they are added. */
#include <stdint.h>
#include <string.h>

typedef float vec __attribute__((vector_size(16)));
typedef uint32_t bits __attribute__((vector_size(16)));
typedef uint16_t half_bits __attribute__((vector_size(8)));
enum { TILE_ROWS = 3, TILE_SUMS = 12 };

static inline vec floats_load(const void *p) {
    vec v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* weights.c explains this. */
static inline vec halves_load(const void *p) {
    half_bits h;
    memcpy(&h, p, sizeof h);
    bits half = __builtin_convertvector(h, bits), magnitude = (half & 0x7FFF) << 13;
    bits special = (bits)(magnitude >= 0x0F800000) & 0x7F800000;
    vec value = (vec)magnitude * 0x1p112F;
    return (vec)((bits)value | special | (half & 0x8000) << 16);
}

static inline vec row_load(const void *p) {
    float x;
    memcpy(&x, p, sizeof x);
    return (vec){x, x, x, x};
}

static inline vec multiply_add(vec w, vec x, vec sum) { return sum + w * x; }

#include "nn/kernels/dense.h"

void dense_portable(const Product *product) { multiply(product); }
