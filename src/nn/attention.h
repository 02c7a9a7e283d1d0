/* attention.h: multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2)

       Attention(Q, K, V) = softmax(Q Kᵀ / √dh) V                       one head
       MultiHead(x, y)    = [head_1 … head_h] Wo + bo,   head_i = Attention(x Wq_i, y Wk_i, y Wv_i)

   Queries come from x, keys and values from y. The three attentions of the model differ in nothing
   else, so this file serves them all:

       use                      x (queries)           y (keys, values)
       encoder self-attention   the source sentence   the same sentence
       decoder self-attention   the newest token      the target tokens so far, itself included
       cross-attention          the newest token      the encoder's output

   The caller projects y once (attention_project), keeps the keys and values as long as they are valid
   (for a layer, a decode, a sentence), and calls attention_forward as often as it needs to.

   There are no masks, because keys and values contain only visible positions. Sentences of different
   lengths are Spans of a batch's rows, so there is no padding to mask either.

   The residual and the layer norm are in encoder.c and decoder.c, in the paper's order. */
#ifndef XATTN_ATTENTION_H
#define XATTN_ATTENTION_H

#include "nn/ops.h"
#include "nn/trace.h"

typedef struct {
    Linear query, key, value, output;  // each [d] -> [d]
    size_t heads;                      // h; every head is dh = d / h wide
} Attention;

/* The projected keys and values of a sequence that queries may look at. */
typedef struct {
    float *keys;    // [n][d], head i in columns i·dh …
    float *values;  // [n][d]
    size_t n;
} KeyValues;

/* Switches parts of an attention off, to show their effect. */
typedef struct {
    bool uniform;        // ignore the scores: every position gets the same probability
    const bool *silent;  // [h] heads whose context is set to 0; NULL: none
} Ablation;

/* Query rows first … first + n - 1 of a batch, which share their keys and values. */
typedef struct {
    size_t first, n;
    KeyValues seen;
    float *probs;              // out: [h][n][seen.n], rows sum to 1; NULL: not wanted
    const Ablation *ablation;  // NULL: none
} Span;

/* Scratch memory of a call, allocated by the caller. */
typedef struct {
    float *query;    // [n_rows][d]
    float *context;  // [n_rows][d]
    float *scores;   // [longest span.n][longest seen.n]
} AttentionScratch;

/* Computes the keys and values, each [n][d], of y [n][d]. `trace`, here and below, is NULL or shows the
   results to an observer. */
void attention_project(const Attention *att, const float *y, size_t n, float *keys, float *values,
                       Trace *trace);

/* out [n_rows][d] = MultiHead of x [n_rows][d], span by span. Each row belongs to exactly one span. x
   and out may not overlap. */
void attention_forward(const Attention *att, const float *x, size_t n_rows, const Span *spans,
                       size_t n_spans, const AttentionScratch *scratch, float *out, Trace *trace);

#endif
