#include "nn/vector.h"

#include <string.h>

#include "nn/clones.h"

/* A vector of gcc and clang. The compiler uses several registers if they are smaller. */
enum { LANES = 16 };
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

#define INLINE static inline __attribute__((always_inline))

INLINE lanes *lanes_load(const float *p, lanes *v) { return memcpy(v, p, sizeof *v); }

typedef float half __attribute__((vector_size(sizeof(lanes) / 2)));
typedef float quarter __attribute__((vector_size(sizeof(lanes) / 4)));

/* Adds all lanes, the two halves first, so that this takes few instructions. */
INLINE float lanes_sum(const lanes *v) {
    half halves[2];
    quarter quarters[2];
    memcpy(halves, v, sizeof *v);
    halves[0] += halves[1];
    memcpy(quarters, halves, sizeof *halves);
    quarters[0] += quarters[1];
    return (quarters[0][0] + quarters[0][2]) + (quarters[0][1] + quarters[0][3]);
}

INLINE float dot(const float *a, const float *b, size_t n) {
    float sum = 0.0F;
    lanes sums = {0}, x, y;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) sums += *lanes_load(a + i, &x) * *lanes_load(b + i, &y);
    for (; i < n; i++) sum += a[i] * b[i];
    return lanes_sum(&sums) + sum;
}

FOR_EACH_PROCESSOR
void vector_multiply_nt(size_t cols, size_t inner, float scale, const float *a, const float *b,
                        size_t ldb, float *c) {
    for (size_t j = 0; j < cols; j++) c[j] = scale * dot(a, b + j * ldb, inner);
}

/* Computes n · LANES columns. n is a constant in each call. */
INLINE void columns(size_t n, size_t inner, const float *a, const float *b, size_t ldb, float *c) {
    lanes sums[4] = {0}, row;
    for (size_t k = 0; k < inner; k++)
        for (size_t v = 0; v < n; v++) sums[v] += a[k] * *lanes_load(b + k * ldb + v * LANES, &row);
    memcpy(c, sums, n * sizeof *sums);
}

FOR_EACH_PROCESSOR
void vector_multiply_nn(size_t cols, size_t inner, const float *a, const float *b, size_t ldb,
                        float *c) {
    size_t j = 0;
    for (; j + 4 * LANES <= cols; j += 4 * LANES) columns(4, inner, a, b + j, ldb, c + j);
    for (; j + LANES <= cols; j += LANES) columns(1, inner, a, b + j, ldb, c + j);
    for (; j < cols; j++) {
        c[j] = 0.0F;
        for (size_t k = 0; k < inner; k++) c[j] += a[k] * b[k * ldb + j];
    }
}
