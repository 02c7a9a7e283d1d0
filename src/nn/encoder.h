/* encoder.h: the encoder, from source tokens to memory (Vaswani et al. 2017, figure 1, left)

       x = E[id] · √d + P[position]
       for every layer:   x = LayerNorm(x + SelfAttention(x))
                          x = LayerNorm(x + FFN(x))

   A batch is ragged: the rows of its sentences follow each other, [total][d], and `offsets` has the
   first row of each sentence. Linear layers process all rows at once; attention stays inside a
   sentence. */
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

/* Encodes n_sentences sentences. Sentence s has the ids offsets[s] … offsets[s + 1] - 1, at least one
   and at most embedding.max_positions of them. Returns their memory [offsets[n_sentences]][d], which
   lies in `work` like all scratch memory. NULL if out of memory. `trace` is NULL or shows the
   activations to an observer. */
float *encoder_forward(const Encoder *encoder, const int *ids, const size_t *offsets,
                       size_t n_sentences, Trace *trace, Arena *work, Error *err);

#endif
