/* Exercise 5: quantise a layer */
#ifndef EXERCISE_QUANTISE_H
#define EXERCISE_QUANTISE_H

#include <stddef.h>
#include <stdint.h>

/* Rounds a row x [n] to whole numbers q [n] from -127 to 127 so that x[i] is close to q[i] · scale, and
   returns the scale: the number of largest magnitude becomes 127 or -127. A row of zeros has the
   scale 0. */
float quantise_row(const float *x, size_t n, int8_t *q);

/* A linear layer of one row x [n_in], in whole numbers: x is quantised too, and then

       y[o] = (Σ_k q_x[k] · weight[o][k]) · scale_x · scales[o] + bias[o]

   weight [n_out][n_in] and its scales [n_out] are what quantise_row made of the layer's rows; y is
   [n_out]. n_in is at most 256. */
void quantised_layer(const float *x, size_t n_in, const int8_t *weight, const float *scales,
                     const float *bias, size_t n_out, float *y);

#endif
