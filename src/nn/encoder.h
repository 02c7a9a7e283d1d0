/* encoder.h: the encoder, source tokens to memory (Vaswani et al. 2017, figure 1, left)

       x = E[id] · √d + P[position]
       for every layer:   x = LayerNorm(x + SelfAttention(x))
                          x = LayerNorm(x + FFN(x))

   A batch is ragged: the sentences' rows stand one below the other, [total][d], and offsets say
   where each begins. Linear layers run over all rows at once; attention stays inside a sentence. */
#ifndef XATTN_ENCODER_H
#define XATTN_ENCODER_H

#include "base/arena.h"
#include "nn/attention.h"
#include "nn/embedding.h"

typedef struct {
    Attention self;
    LayerNorm self_norm;
    FeedForward ffn;
    LayerNorm ffn_norm;
} EncoderLayer;

typedef struct {
    Embedding embedding;
    size_t n_layers;
    EncoderLayer *layers;  // [n_layers]
} Encoder;

/* Runs n_sentences sentences: sentence s has the ids offsets[s] … offsets[s + 1] - 1, at least one
   and at most embedding.max_positions of them. Returns their memory [offsets[n_sentences]][d], which
   lies in `work` like all scratch; NULL if that runs out of memory. trace: NULL, or who is shown the
   activations. */
float *encoder_forward(const Encoder *encoder, const int *ids, const size_t *offsets,
                       size_t n_sentences, Trace *trace, Arena *work, Error *err);

#endif
