/* layers.h: weights and layers for tests, from floats. A failure here fails the running test. */
#ifndef XATTN_LAYERS_H
#define XATTN_LAYERS_H

#include "nn/ops.h"

/* A matrix [n_rows][n_cols], packed into the arena. */
Weights weights_of(Arena *arena, const float *data, size_t n_rows, size_t n_cols);

/* A layer from weight [n_out][n_in], packed into the arena, and bias [n_out], which must outlive it. */
Linear layer_of(Arena *arena, size_t n_in, size_t n_out, const float *weight, const float *bias);

/* The weights [n_rows][n_cols] as floats again. */
float *floats_of(Arena *arena, const Weights *weights, size_t n_rows, size_t n_cols);

#endif
