/* decoder.h: the decoder, one target token at a time (Vaswani et al. 2017, figure 1, right)

       x = E[previous token] · √d + P[position]
       for every layer:   x = LayerNorm(x + SelfAttention(x, the target so far))     or SSRU(x)
                          x = LayerNorm(x + CrossAttention(x, memory))
                          x = LayerNorm(x + FFN(x))
       logits = x Eᵀ + b

   Cross-attention is the attention of attention.h with queries from the decoder, and keys and values
   from the encoder's memory. Those do not change while a sentence is decoded: decoder_start projects
   them once, and all hypotheses of the sentence share them. What a layer knows of the target so far
   is cached row by row (cache.h): keys and values, or, in Firefox's models, an SSRU's cell (ssru.h).

   A row is one hypothesis of one sentence. Greedy search has one row a sentence, beam search
   several; rows know nothing of each other, so neither needs code of its own here. */
#ifndef XATTN_DECODER_H
#define XATTN_DECODER_H

#include "base/arena.h"
#include "nn/attention.h"
#include "nn/cache.h"
#include "nn/candidates.h"
#include "nn/embedding.h"
#include "nn/ssru.h"

typedef struct {
    union {              // by the decoder's self_kind:
        Attention self;  // SELF_ATTENTION
        Ssru ssru;       // SELF_SSRU
    };
    LayerNorm self_norm;
    Attention cross;
    LayerNorm cross_norm;
    FeedForward ffn;
    LayerNorm ffn_norm;
} DecoderLayer;

typedef struct {
    Embedding embedding;
    SelfKind self_kind;  // of every layer
    size_t n_layers;
    DecoderLayer *layers;  // [n_layers]
    Linear output;         // [d] -> [V]; its weight is usually the embedding table itself
} Decoder;

typedef struct DecoderState DecoderState;

/* Prepares the translation of n_sentences sentences from the memory [total][d] that encoder_forward
   made: one row a sentence, in order, and room for rows_per_sentence times as many. NULL if out of
   memory. trace: NULL, or the observer of cross-attention's keys and values. The caller frees the
   state; memory and offsets are not needed after the call. */
DecoderState *decoder_start(const Decoder *decoder, const float *memory, const size_t *offsets,
                            size_t n_sentences, size_t rows_per_sentence, Trace *trace, Error *err);

/* From now on the rows of sentence s say nothing but candidates[s], and only their logits are
   computed. candidates: [n_sentences], copied. False if out of memory. */
bool decoder_restrict(DecoderState *state, const Candidates *candidates, Error *err);

/* What a row may say: all V tokens, with ids NULL, unless its sentence was restricted. */
Candidates decoder_candidates(const DecoderState *state, size_t row);

/* From now on cross-attention does without n things, each in a layer and head that there is. The list
   is not needed after the call. False if out of memory. */
bool decoder_ablate(DecoderState *state, const xattn_ablation *ablations, size_t n, Error *err);

/* Feeds ids[r] to row r and writes what follows it: logits [n_rows][V], in the order of its
   candidates; a row that has fewer than V leaves the rest as it is. The first id of a row is the start
   symbol, -1 in a model that has none. maps: NULL, or for each row NULL or where its cross-attention
   goes, [n_layers][h][n_src of its sentence]. trace: NULL, or the observer of the activations. At most
   embedding.max_positions steps. False if out of memory. */
bool decoder_step(DecoderState *state, const int *ids, float *logits, float *const *maps,
                  Trace *trace, Error *err);

/* From now on there are n_rows rows, and row r continues what was row parent[r]: rows that nobody
   continues are forgotten, rows continued twice are copied. n_rows is at most what decoder_start made
   room for. False if out of memory; the state can then only be freed. */
bool decoder_reorder(DecoderState *state, const size_t *parent, size_t n_rows, Error *err);

void decoder_free(DecoderState *state);

#endif
