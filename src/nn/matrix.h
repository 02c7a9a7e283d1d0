/* matrix.h: products of dense float matrices, the one door to BLAS

   Row-major everywhere; `lda` is the distance between two rows of a, in floats, so that a head can
   be a slice of columns. Two files implement this interface and one of them is built:
   matrix_openblas.c, and matrix_portable.c (make BLAS=none), plain loops for machines without it. */
#ifndef XATTN_MATRIX_H
#define XATTN_MATRIX_H

#include "base/error.h"

/* c [rows][cols] = scale · a [rows][inner] · bᵀ, b [cols][inner]; with `add`, c is added to. */
void matrix_multiply_nt(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                        size_t lda, const float *b, size_t ldb, int add, float *c, size_t ldc);

/* c [rows][cols] = a [rows][inner] · b [inner][cols] */
void matrix_multiply_nn(size_t rows, size_t cols, size_t inner, const float *a, size_t lda,
                        const float *b, size_t ldb, float *c, size_t ldc);

/* To be called once before the first product: one thread a product, since threads are better spent
   on sentences. False if the memory that products need cannot be had. May be called again. */
bool matrix_prepare(Error *err);

#endif
