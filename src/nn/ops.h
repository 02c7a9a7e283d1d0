/* ops.h: what a transformer is made of besides attention

       Linear(x)    = x Wᵀ + b
       LayerNorm(x) = γ ⊙ (x − mean(x)) / √(var(x) + ε) + β            Ba et al. 2016
       softmax(x)   = exp(x − max x) / Σ exp(x − max x)                 the same, and it cannot overflow
       FFN(x)       = W2 act(W1 x + b1) + b2                            Vaswani et al. 2017, 3.3
       act          = max(0, x)  or  swish(x) = x σ(x)

   Every function works on n rows at once.
   Nothing above Linear multiplies matrices or knows how weights are stored, but attention. */
#ifndef XATTN_OPS_H
#define XATTN_OPS_H

#include "nn/trace.h"
#include "nn/weights.h"

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

/* A layer from weight [n_out][n_in], which is packed into the arena, and bias [n_out], which is
   borrowed. False if out of memory. */
bool linear_of_floats(const float *weight, const float *bias, size_t n_in, size_t n_out,
                      Linear *linear, Arena *arena, Error *err);

/* y [n][n_out] = Linear of x [n][n_in]; they may not overlap. A row of y depends on its row of x
   alone, to the last bit. n_in <= 65536. */
void linear_forward(const Linear *linear, const float *x, size_t n, float *y);

enum { LINEAR_MOST_ROWS = 64 };

/* With how many rows at a time, at most LINEAR_MOST_ROWS, a model of such layers is fast: so few that
   their keys, values and logits stay in the second cache; with F32, whose weights fit no cache, more
   that share the reading. */
size_t linear_rows(const Linear *linear);

/* The outputs outputs[0 … n - 1] of a layer as a layer of its own, a copy in the arena: for a caller
   that wants few of many, again and again. False if out of memory. */
bool linear_select(const Linear *linear, const int *outputs, size_t n, Linear *selected,
                   Arena *arena, Error *err);

/* Add & Norm: x [n][d] = LayerNorm(x + sub [n][d]), the end of every sub-layer. trace, here and below:
   NULL, or the observer of what the call makes. */
void layer_norm_residual(const LayerNorm *norm, float *x, const float *sub, size_t n, Trace *trace);

/* The largest of n > 0 numbers, none of them NaN. */
float largest_of(const float *x, size_t n);

/* Each row of x [n][m] becomes a distribution, in place. m > 0; -INFINITY is allowed, but not in a
   whole row. */
void softmax_rows(float *x, size_t n, size_t m);

/* log Σ exp(x[i]) of one row: log softmax(x)[i] = x[i] − this. */
float log_sum_exp(const float *x, size_t m);

/* y [n][d] = FFN of x [n][d]; hidden: [n][f] of scratch. */
void feed_forward(const FeedForward *ffn, const float *x, size_t n, float *hidden, float *y,
                  Trace *trace);

#endif
