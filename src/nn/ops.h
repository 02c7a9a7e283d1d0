/* ops.h: the parts of a transformer besides attention

       Linear(x)    = x Wᵀ + b
       LayerNorm(x) = γ ⊙ (x − mean(x)) / √(var(x) + ε) + β            Ba et al. 2016
       softmax(x)   = exp(x − max x) / Σ exp(x − max x)                 the same, and it cannot overflow
       FFN(x)       = W2 act(W1 x + b1) + b2                            Vaswani et al. 2017, 3.3
       act          = max(0, x)  or  swish(x) = x σ(x)

   Every function works on n rows at once. Apart from attention, only Linear multiplies matrices and
   knows how weights are stored. */
#ifndef XATTN_OPS_H
#define XATTN_OPS_H

#include "nn/kernels/kernels.h"
#include "nn/trace.h"

typedef struct {
    size_t n_in, n_out;
    Weights weight;     // [n_out][n_in]
    const float *bias;  // [n_out]
} Linear;

typedef struct {
    size_t d;
    const float *gain, *bias;  // [d] each
    float epsilon;
} LayerNorm;

typedef enum { ACTIVATION_RELU, ACTIVATION_SWISH } Activation;

typedef struct {
    Linear inner, outer;  // [d] -> [f] -> [d]
    Activation activation;
} FeedForward;

/* Makes a layer from weight [n_out][n_in], which is packed into the arena, and bias [n_out], which must
   outlive the layer. False if out of memory. */
bool linear_of_floats(const float *weight, const float *bias, size_t n_in, size_t n_out,
                      Linear *linear, Arena *arena, Error *err);

/* y [n][n_out] = Linear of x [n][n_in]; they may not overlap. A row of y depends only on its row of x,
   to the last bit. n_in <= 65536. */
void linear_forward(const Linear *linear, const float *x, size_t n, float *y);

/* Finds the largest of each row's outputs, best [n], without writing them. */
void linear_best(const Linear *linear, const float *x, size_t n, Best *best);

enum { LINEAR_MOST_ROWS = 64 };

/* The number of rows, at most LINEAR_MOST_ROWS, at which a model with such layers is fastest: few
   enough that their keys, values and logits stay in the second-level cache; with F32, whose weights fit
   no cache, more, so that many rows share each reading of the weights. */
size_t linear_rows(const Linear *linear);

/* Makes a smaller layer from the outputs outputs[0 … n - 1] of a layer, copied into the arena, for a
   caller that needs only these many times. False if out of memory. */
bool linear_select(const Linear *linear, const int *outputs, size_t n, Linear *selected,
                   Arena *arena, Error *err);

/* Add & Norm: x [n][d] = LayerNorm(x + sub [n][d]), the end of every sub-layer. `trace`, here and
   below, is NULL or shows the result to an observer. */
void layer_norm_residual(const LayerNorm *norm, float *x, const float *sub, size_t n, Trace *trace);

/* The largest of n > 0 numbers without NaN. */
float largest_of(const float *x, size_t n);

/* Turns each row of x [n][m] into a distribution, in place. m > 0. -INFINITY is allowed, except as
   every number of a row. */
void softmax_rows(float *x, size_t n, size_t m);

/* log Σ exp(x[i]) of a row, so that log softmax(x)[i] = x[i] − log_sum_exp(x). */
float log_sum_exp(const float *x, size_t m);

/* y [n][d] = FFN of x [n][d]. hidden [n][f] is scratch memory. */
void feed_forward(const FeedForward *ffn, const float *x, size_t n, float *hidden, float *y,
                  Trace *trace);

#endif
