/* backward.h: the gradients of what a transformer is made of

   A network is a chain of functions, and the loss L is one number at its end. Each function here has a
   forward one in src/nn. It is given dy = ∂L/∂y, the gradient of what the forward one made, and makes of
   it the gradients of what that was given: the chain rule, one link at a time, from the end to the
   beginning.

       d… has the shape of …: dy [n][out] belongs to y [n][out].
       Gradients of inputs and of weights are added to what is there: a value that is used twice gets a
       gradient from both sides. Where one is written instead, it says so.

   The forward functions do not know of this: what they were given, and what they left in the caller's
   scratch, is all that is needed. docs/lessons/11-gradients.md derives the equations. */
#ifndef LEARN_BACKWARD_H
#define LEARN_BACKWARD_H

#include "nn/attention.h"
#include "nn/embedding.h"

/* The weights are one array, and their gradients another: the gradient of a weight lies in `sums` where
   the weight lies in `weights`. */
typedef struct {
    const float *weights;
    float *sums;
} Gradients;

static inline float *gradient_of(const Gradients *g, const float *weight) {
    return g->sums + (weight - g->weights);
}

/* The weight [n_out][n_in] of a layer, row by row: it lies in front of the bias. What the layer itself has
   is a copy, packed for the processor (nn/weights.h). */
static inline const float *plain_weight(const Linear *linear) {
    return linear->bias - linear->n_out * linear->n_in;
}

/* c [rows][cols] += scale · a [rows][inner] · b [inner][cols], rows of a matrix ld… floats apart. */
void add_product(size_t rows, size_t cols, size_t inner, float scale, const float *a, size_t lda,
                 const float *b, size_t ldb, float *c, size_t ldc);

/* c [rows][cols] += scale · aᵀ · b, a [inner][rows], b [inner][cols]. */
void add_product_transposed(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                            size_t lda, const float *b, size_t ldb, float *c, size_t ldc);

/* Of linear_forward, x [n][in] to y [n][out]:   dx += dy W,   dW += dyᵀ x,   db += Σ rows of dy */
void linear_backward(const Linear *linear, const float *x, const float *dy, size_t n,
                     const Gradients *g, float *dx);

/* Of softmax_rows, [n][m]: writes   dx = p ⊙ (dp − Σ_j dp_j p_j)   where dp was. */
void softmax_backward(const float *probs, float *dp, size_t n, size_t m);

/* Of layer_norm_residual, z = x + sub, both [n][d]: writes dz, which is dx and dsub at once. */
void layer_norm_backward(const LayerNorm *norm, const float *x, const float *sub, const float *dy,
                         size_t n, const Gradients *g, float *dz);

/* Of feed_forward, which left hidden [n][f]; d_hidden, before: [n][f] of scratch. */
void feed_forward_backward(const FeedForward *ffn, const float *x, const float *hidden,
                           const float *dy, size_t n, const Gradients *g, float *d_hidden,
                           float *before, float *dx);

/* Of embedding_token for n tokens:   dE[id] += scale · dx;   d_table: dE [V][d] */
void embedding_backward(const Embedding *emb, const int *ids, const float *dx, size_t n,
                        float *d_table);

/* One head of one span, n queries that look at m keys and values, dh columns of rows d apart. */
typedef struct {
    size_t n, m, dh, d;
    float scale;             // of the scores, 1/√dh
    const float *q, *k, *v;  // [n][dh], [m][dh], [m][dh]
    const float *probs;      // [n][m]
    const float *d_context;  // [n][dh]
    const float *more;       // [n][m] a gradient of the scores from elsewhere; NULL: none
    float *d_scores;         // [n][m] of scratch
    float *dq, *dk, *dv;     // as q, k, v
} Head;

/* Of one head's softmax(Q Kᵀ · scale) V. */
void attend_backward(const Head *head);

/* What attention_project and attention_forward were given and made, for one batch. */
typedef struct {
    const float *x, *y;  // queries came from x [n][d], keys and values from y [m][d]
    size_t n, m;
    float *query, *context;  // [n][d]
    float *keys, *values;    // [m][d]
    float *probs;            // of all spans, in their order
    Span *spans;             // [n_spans], each with its place in probs
    size_t n_spans;
    float *out;  // [n][d]
} AttentionCall;

/* Gradients of what lies between, all scratch: as large as in the call. */
typedef struct {
    float *query, *context, *keys, *values;
    float *scores;      // [longest span.n][longest seen.n]
    const float *more;  // a gradient of the scores from elsewhere, laid out as probs; NULL: none
} AttentionGradients;

/* Of attention_project and attention_forward: dx and dy, which are one array if x and y are. */
void attention_backward(const Attention *att, const AttentionCall *call, const float *d_out,
                        const Gradients *g, const AttentionGradients *work, float *dx, float *dy);

/* The label-smoothed cross-entropy of logits [n][V] (Szegedy et al. 2016): row r wants the token wanted[r]
   with probability 1 − ε + ε/V, and each other with ε/V. Returns Σ rows / `of`, and writes the gradient
   of that where the logits were:   (softmax(x) − q) / of */
double cross_entropy_backward(float *logits, const int *wanted, size_t n, size_t vocab,
                              float smoothing, size_t of);

#endif
