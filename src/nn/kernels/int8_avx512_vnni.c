/* int8_avx512_vnni.c: AVX-512 with VNNI, whose dpbusd multiplies 64 bytes and adds them in fours

   It multiplies unsigned by signed bytes, so the weights are taken as w + 128, and 128 Σ x comes off
   the total: Σ (w + 128) x − 128 Σ x = Σ w x. Adding 128 to a byte is flipping its upper bit. */
#include <immintrin.h>

#include "nn/kernels/cpu.h"
#include "nn/kernels/int8_layer.h"

typedef __m512i vec;
typedef __m512i bytes;
enum { PARTS = 1, ROWS = 4, PANELS = 4, WEIGHT_OFFSET = 128 };

static inline bytes bytes_row(const int8_t *p) { return _mm512_set1_epi32(int8_four(p)); }

static inline bytes bytes_weight(const int8_t *p) {
    return _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi8(-128));
}

static inline vec vec_dot_add(bytes w, bytes x, vec sum) { return _mm512_dpbusd_epi32(sum, w, x); }

#include "nn/kernels/int8_tile.h"

extern const Int8Kernel int8_avx512_vnni;
const Int8Kernel int8_avx512_vnni = {"avx512-vnni", cpu_has_avx512_vnni, multiply, int8_round};
