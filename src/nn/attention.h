/* attention.h: multi-head scaled dot-product attention (Vaswani et al. 2017, section 3.2)

       Attention(Q, K, V) = softmax(Q Kᵀ / √dh) V                       one head
       MultiHead(x, y)    = [head_1 … head_h] Wo + bo,   head_i = Attention(x Wq_i, y Wk_i, y Wv_i)

   x is where the queries come from, y where the keys and values come from. Nothing else tells the
   model's three attentions apart, so this file serves all of them:

       use                      x (queries)           y (keys, values)
       encoder self-attention   the source sentence   the same sentence
       decoder self-attention   the newest token      the target tokens so far, itself included
       cross-attention          the newest token      the encoder's output

   The caller projects y once (attention_project), keeps the keys and values for as long as they are
   good (a layer, a decode, a sentence), and then asks (attention_forward).

   No masks: keys and values hold exactly what may be looked at. Sentences of different lengths
   share a batch as Spans of its rows, so there is no padding to hide either.

   Not here: residual and layer norm, which encoder.c and decoder.c show in the paper's order. */
#ifndef XATTN_ATTENTION_H
#define XATTN_ATTENTION_H

#include "nn/ops.h"
#include "nn/trace.h"

typedef struct {
    Linear query, key, value, output;  // each [d] -> [d]
    size_t heads;                      // h; every head is dh = d / h wide
} Attention;

/* What a query may look at: the projected keys and values of one sequence. */
typedef struct {
    float *keys;    // [n][d], head i in columns i·dh …
    float *values;  // [n][d]
    size_t n;
} KeyValues;

/* What is taken away from an attention, to see what it was good for. */
typedef struct {
    bool uniform;        // the scores count for nothing: every position is looked at alike
    const bool *silent;  // [h] heads that say nothing, their context is 0; NULL: none
} Ablation;

/* Query rows first … first + n - 1 of a batch look at the same keys and values. */
typedef struct {
    size_t first, n;
    KeyValues seen;
    float *probs;              // out: [h][n][seen.n], rows sum to 1; NULL if nobody asked
    const Ablation *ablation;  // NULL: nothing is taken away
} Span;

/* Scratch of one call, sized by its owner. */
typedef struct {
    float *query;    // [n_rows][d]
    float *context;  // [n_rows][d]
    float *scores;   // [longest span.n][longest seen.n]
} AttentionScratch;

/* Keys and values of y [n][d], each [n][d]. trace, here and below: NULL, or the observer of what the
   call makes. */
void attention_project(const Attention *att, const float *y, size_t n, float *keys, float *values,
                       Trace *trace);

/* out [n_rows][d] = MultiHead of x [n_rows][d], every span against what it may see. Spans cover the
   rows once each. x and out may not overlap. */
void attention_forward(const Attention *att, const float *x, size_t n_rows, const Span *spans,
                       size_t n_spans, const AttentionScratch *scratch, float *out, Trace *trace);

#endif
