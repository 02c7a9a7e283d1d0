/* backward.h: the gradients of a transformer's parts

   A network is a chain of functions, and the loss L is one number at its end. Each function here
   belongs to a forward function in src/nn. From dy = ∂L/∂y, the gradient of that function's output, it
   computes the gradients of its inputs. This is the chain rule, one link at a time, from the end to the
   beginning.

       d… has the shape of …: dy [n][out] belongs to y [n][out].
       Gradients of inputs and of weights are added to earlier ones: a value that is used twice gets a
       gradient from both uses. The comments name the exceptions.

   The forward functions need no changes: their inputs, and what they leave in the caller's scratch
   memory, are enough. docs/lessons/11-gradients.md derives the equations. */
#ifndef LEARN_BACKWARD_H
#define LEARN_BACKWARD_H

#include "nn/attention.h"
#include "nn/embedding.h"

/* The weights are in one array and their gradients in another: the gradient of a weight has the same
   index in `sums` as the weight in `weights`. */
typedef struct {
    const float *weights;
    float *sums;
} Gradients;

static inline float *gradient_of(const Gradients *g, const float *weight) {
    return g->sums + (weight - g->weights);
}

/* The weight [n_out][n_in] of a layer, row by row, which lies before the bias. The layer itself has a
   copy that is packed for the processor (nn/weights.h). */
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

/* Of softmax_rows, [n][m]: replaces dp with   dx = p ⊙ (dp − Σ_j dp_j p_j). */
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
    const float *more;       // [n][m] another gradient of the scores; NULL: none
    float *d_scores;         // [n][m] of scratch
    float *dq, *dk, *dv;     // as q, k, v
} Head;

/* Of one head's softmax(Q Kᵀ · scale) V. */
void attend_backward(const Head *head);

/* The inputs and results of attention_project and attention_forward, for a batch. */
typedef struct {
    const float *x, *y;  // queries came from x [n][d], keys and values from y [m][d]
    size_t n, m;
    float *query, *context;  // [n][d]
    float *keys, *values;    // [m][d]
    float *probs;            // of all spans, in order
    Span *spans;             // [n_spans], each with its place in probs
    size_t n_spans;
    float *out;  // [n][d]
} AttentionCall;

/* Gradients of the values in between, all scratch memory, with the sizes of the call. */
typedef struct {
    float *query, *context, *keys, *values;
    float *scores;      // [longest span.n][longest seen.n]
    const float *more;  // another gradient of the scores, with the layout of probs; NULL: none
} AttentionGradients;

/* Of attention_project and attention_forward: dx and dy, which are one array if x and y are. */
void attention_backward(const Attention *att, const AttentionCall *call, const float *d_out,
                        const Gradients *g, const AttentionGradients *work, float *dx, float *dy);

/* The label-smoothed cross-entropy of logits [n][V] (Szegedy et al. 2016): row r wants the token
   wanted[r] with probability 1 − ε + ε/V, and each other with ε/V. Returns Σ rows / `of`, and replaces
   the logits with its gradient, (softmax(x) − q) / of. */
double cross_entropy_backward(float *logits, const int *wanted, size_t n, size_t vocab,
                              float smoothing, size_t of);

#endif
