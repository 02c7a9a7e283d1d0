/* vector.h: products of a vector and a matrix, for the many small ones of a decode step

   These are the functions of matrix.h for rows == 1, where a call of BLAS would take longer than the
   work. */
#ifndef XATTN_VECTOR_H
#define XATTN_VECTOR_H

#include <stddef.h>

/* c [cols] = scale · a [inner] · bᵀ, b [cols][inner] */
void vector_multiply_nt(size_t cols, size_t inner, float scale, const float *a, const float *b,
                        size_t ldb, float *c);

/* c [cols] = a [inner] · b [inner][cols] */
void vector_multiply_nn(size_t cols, size_t inner, const float *a, const float *b, size_t ldb,
                        float *c);

#endif
