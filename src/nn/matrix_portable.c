/* matrix_portable.c: matrix.h in plain C

   For machines without OpenBLAS: row by row, with the loops of vector.h. */
#include "nn/matrix.h"
#include "nn/vector.h"

void matrix_multiply_nt(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                        size_t lda, const float *b, size_t ldb, float *c, size_t ldc) {
    for (size_t i = 0; i < rows; i++)
        vector_multiply_nt(cols, inner, scale, a + i * lda, b, ldb, c + i * ldc);
}

void matrix_multiply_nn(size_t rows, size_t cols, size_t inner, const float *a, size_t lda,
                        const float *b, size_t ldb, float *c, size_t ldc) {
    for (size_t i = 0; i < rows; i++)
        vector_multiply_nn(cols, inner, a + i * lda, b, ldb, c + i * ldc);
}

bool matrix_prepare(Error *err) {
    (void)err;
    return true;
}

void matrix_enter(void) {}

void matrix_leave(void) {}
