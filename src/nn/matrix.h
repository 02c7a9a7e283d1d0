/* matrix.h: products of dense float matrices, the one door to BLAS

   Row-major everywhere; `lda` is the distance between two rows of a, in floats, so that a head can
   be a slice of columns. Two files implement this interface and one of them is built:
   matrix_openblas.c, and matrix_portable.c (make BLAS=none), plain loops for machines without it. */
#ifndef XATTN_MATRIX_H
#define XATTN_MATRIX_H

#include "base/error.h"

/* c [rows][cols] = scale · a [rows][inner] · bᵀ, b [cols][inner] */
void matrix_multiply_nt(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                        size_t lda, const float *b, size_t ldb, float *c, size_t ldc);

/* c [rows][cols] = a [rows][inner] · b [inner][cols] */
void matrix_multiply_nn(size_t rows, size_t cols, size_t inner, const float *a, size_t lda,
                        const float *b, size_t ldb, float *c, size_t ldc);

/* False if the memory that products need cannot be had. From any thread, as often as you like. */
bool matrix_prepare(Error *err);

/* Between the two every product runs on the thread that asks for it, since threads are better spent on
   sentences. Where BLAS has a setting for that it is the program's, and other libraries in it may use
   it: the last one to leave puts it back as the first one found it. From any thread, in pairs. */
void matrix_enter(void);
void matrix_leave(void);

#endif
