/* int8.h: products of int8 weights with activations that are rounded to int8 on the way

       y[r][o] = (Σ_k q_x[r][k] · q_w[o][k]) · (scale_x[r] · scale_w[o]) + bias[o]

   A row of numbers is rounded to 255 levels between its own largest magnitude and its negative
   (dynamic, symmetric quantisation): scale = max |x| / 127, q = round(x / scale), halves to even. A
   row's result depends on that row alone.

   The sum is one of integers, so it is exact and the same on every processor, and the rest is the
   formula above in float, rounded after each operation: all int8 kernels agree to the last bit. */
#ifndef XATTN_INT8_H
#define XATTN_INT8_H

#include <stddef.h>
#include <stdint.h>

#include "nn/kernels/kernels.h"

/* Rounds one row of n numbers to q [n], and returns its scale. A row of numbers too small to matter
   (below 1e-30) is zero. If there is an infinity or a NaN in it the scale is NaN. */
float int8_round(const float *x, size_t n, int8_t *q);

/* y [n][n_out] = x [n][n_in] · wᵀ + bias, by the kernel given. n_in <= INT8_MAX_IN. */
enum { INT8_MAX_IN = 65536 };
void int8_multiply(const Int8Kernel *kernel, const float *x, size_t n, size_t n_in,
                   const int8_t *weight, const float *scales, const float *bias, size_t n_out,
                   float *y);

#endif
