/* pass.h: a batch through the network, forwards and back

   The forward pass is that of encoder.c and decoder.c, with the same functions in the same order, but
   it keeps all results, because the gradients need them. The decoder computes all target tokens at
   once, because they are known in training: step t is fed the right token t − 1, whatever the network
   would have predicted (teacher forcing). There is no mask to hide the future: each target row is a
   Span that sees the rows up to itself.

   A record keeps each sub-layer, x to LayerNorm(x + sub(x)). The backward pass goes through the records
   from the last to the first. */
#ifndef LEARN_PASS_H
#define LEARN_PASS_H

#include "backward.h"
#include "network.h"

/* Sentences below each other, without padding. */
typedef struct {
    size_t n;                 // sentences
    const size_t *source_at;  // [n + 1] the beginning of each; the last is the end
    const size_t *target_at;  // [n + 1]
    const int *source;        // ids, with </s>
    const int *fed;           // ids, the start symbol and the target without its </s>
    const int *wanted;        // ids, the target with </s>
    const int *truth;         // the source position of each target token; -1: none
} Batch;

/* A sub-layer after the forward pass. */
typedef struct {
    const Attention *attention;  // one of
    const FeedForward *ffn;      // these two
    const LayerNorm *norm;
    AttentionCall call;  // of attention; of ffn only x, n and out = sub(x)
    float *hidden;       // [n][f] of ffn
    float *after;        // [n][d] LayerNorm(x + out)
} Sublayer;

typedef struct {
    const Network *net;
    const Batch *batch;
    Sublayer *sublayers;         // 2 for each layer of the encoder, then 3 for each of the decoder
    float *source_x, *target_x;  // [n_source][d], [n_target][d] embeddings
    float *memory;               // [n_source][d]
    float *logits;               // [n_target][V]
    float *d_source, *d_target;  // gradients of x on both sides
    float *d_sub;                // and of a sub-layer's output
    float *d_hidden, *before;    // [n][f]
    float *zeros;                // [n][d] replaces x in the experiment without residual
    float *guide;                // a gradient of cross-attention's scores
    float *positions;            // [MOST_POSITIONS][d]
    AttentionGradients work;
} Pass;

/* Makes room for batches of up to most_rows source pieces and the same number of target pieces, in
   sentences of up to `longest`. It lies in the arena. False if out of memory. */
bool pass_make(Pass *pass, const Network *net, size_t most_rows, size_t longest, Arena *arena,
               Error *err);

/* Everything from embeddings to logits. */
void pass_forward(Pass *pass, const Batch *batch);

/* After pass_forward: the loss, Σ over the batch's target tokens / n_tokens, and its gradients, which are
   added to g. */
double pass_backward(Pass *pass, float smoothing, size_t n_tokens, const Gradients *g);

/* Cross-attention of a decoder layer. */
const AttentionCall *pass_cross(const Pass *pass, size_t layer);

#endif
