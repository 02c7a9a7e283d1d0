/* matrix_portable.c: matrix.h in plain C

   For machines without OpenBLAS. The loops read memory in rows, and the compiler can keep several sums
   in vector registers: a dot product has LANES partial sums in a fixed order, so the result is the same
   on every machine. */
#include "nn/matrix.h"

enum { LANES = 16 };

static float dot(const float *a, const float *b, size_t n) {
    float sums[LANES] = {0}, sum = 0.0F;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) sums[lane] += a[i + lane] * b[i + lane];
    for (; i < n; i++) sum += a[i] * b[i];
    for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];
    return sum;
}

void matrix_multiply_nt(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                        size_t lda, const float *b, size_t ldb, float *c, size_t ldc) {
    for (size_t j = 0; j < cols; j++)  // outermost, so that the larger side is read once
        for (size_t i = 0; i < rows; i++)
            c[i * ldc + j] = scale * dot(a + i * lda, b + j * ldb, inner);
}

void matrix_multiply_nn(size_t rows, size_t cols, size_t inner, const float *a, size_t lda,
                        const float *b, size_t ldb, float *c, size_t ldc) {
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < cols; j++) c[i * ldc + j] = 0.0F;
        for (size_t k = 0; k < inner; k++)
            for (size_t j = 0; j < cols; j++) c[i * ldc + j] += a[i * lda + k] * b[k * ldb + j];
    }
}

bool matrix_prepare(Error *err) {
    (void)err;
    return true;
}

void matrix_enter(void) {}

void matrix_leave(void) {}
