/* matrix.h: products of dense float matrices, the only interface to BLAS

   Matrices are row-major. `lda` is the distance between two rows of a, in floats, so that a head can be
   a slice of columns. Of the two implementations one is built: matrix_openblas.c, or matrix_portable.c
   with plain loops (make BLAS=none). */
#ifndef XATTN_MATRIX_H
#define XATTN_MATRIX_H

#include "base/error.h"

/* c [rows][cols] = scale · a [rows][inner] · bᵀ, b [cols][inner] */
void matrix_multiply_nt(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                        size_t lda, const float *b, size_t ldb, float *c, size_t ldc);

/* c [rows][cols] = a [rows][inner] · b [inner][cols] */
void matrix_multiply_nn(size_t rows, size_t cols, size_t inner, const float *a, size_t lda,
                        const float *b, size_t ldb, float *c, size_t ldc);

/* False if there is no memory for products. Any thread may call it, any number of times. */
bool matrix_prepare(Error *err);

/* Between these two calls every product runs on the calling thread, because sentences are a better unit
   for threads. In OpenBLAS this is a setting of the whole process, which other libraries may use: the
   first matrix_enter saves it, and the last matrix_leave restores it. Any thread may call them, in
   pairs. */
void matrix_enter(void);
void matrix_leave(void);

#endif
