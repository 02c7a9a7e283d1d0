/* decoder.h: the decoder, one target token at a time (Vaswani et al. 2017, figure 1, right)

       x = E[previous token] · √d + P[position]
       for every layer:   x = LayerNorm(x + SelfAttention(x, the target so far))     or SSRU(x)
                          x = LayerNorm(x + CrossAttention(x, memory))
                          x = LayerNorm(x + FFN(x))
       logits = x Eᵀ + b

   Cross-attention is the attention of attention.h with queries from the decoder, and keys and values
   from the encoder's memory. The memory does not change while a sentence is decoded, so decoder_start
   projects it once, and all hypotheses of the sentence share the result. Each row caches the target so
   far (cache.h): as keys and values, or, in Firefox's models, as the cell of an SSRU (ssru.h).

   A row is a hypothesis of a sentence. Greedy search has one row for each sentence, beam search has
   several. Rows do not depend on each other, so the decoder needs no code for either search. */
#ifndef XATTN_DECODER_H
#define XATTN_DECODER_H

#include "base/arena.h"
#include "nn/attention.h"
#include "nn/cache.h"
#include "nn/candidates.h"
#include "nn/embedding.h"
#include "nn/screen.h"
#include "nn/ssru.h"

typedef struct {
    union {              // which one: the decoder's self_kind
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
    Linear output;         // [d] -> [V]; its weight is usually the embedding table
    const Screen *screen;  // of the output layer, for decoder_best; NULL if it is int8
} Decoder;

typedef struct DecoderState DecoderState;

/* Prepares the translation of n_sentences sentences from encoder_forward's memory [total][d]: a row for
   each sentence, in order, and room for rows_per_sentence times as many. NULL if out of memory. `trace`
   is NULL or shows the keys and values of cross-attention to an observer. The caller frees the state;
   it does not use `memory` and `offsets` after the call. */
DecoderState *decoder_start(const Decoder *decoder, const float *memory, const size_t *offsets,
                            size_t n_sentences, size_t rows_per_sentence, Trace *trace, Error *err);

/* Limits the rows of sentence s to the tokens candidates[s]: only these get logits. candidates
   [n_sentences] is copied. False if out of memory. */
bool decoder_restrict(DecoderState *state, const Candidates *candidates, Error *err);

/* The tokens that may follow a row: all V, with ids NULL, unless decoder_restrict limited its
   sentence. */
Candidates decoder_candidates(const DecoderState *state, size_t row);

/* Applies n ablations to cross-attention. Their layers and heads must exist. The list is copied. False
   if out of memory. */
bool decoder_ablate(DecoderState *state, const xattn_ablation *ablations, size_t n, Error *err);

/* Feeds ids[r] to row r and writes the logits of the next token, logits [n_rows][V], in the order of
   the row's candidates. If these are fewer than V, the rest of its logits does not change. `logits`
   may be NULL. The first id of a row is the start symbol, or -1 in a model without one. `maps` is NULL
   or has for each row NULL or room for its cross-attention, [n_layers][h][n_src of its sentence].
   `trace` is NULL or shows the activations to an observer. At most embedding.max_positions steps.
   False if out of memory. */
bool decoder_step(DecoderState *state, const int *ids, float *logits, float *const *maps,
                  Trace *trace, Error *err);

/* After a step: finds the largest logit of each row's candidates, best [n_rows], by its place among
   them. This is faster than writing all logits and searching them. */
void decoder_best(const DecoderState *state, Best *best);

/* After a step: writes the logits of row r's candidates. */
void decoder_row_logits(const DecoderState *state, size_t r, float *logits);

/* Replaces the rows with n_rows new ones: row r continues the old row parent[r]. Rows without children
   are dropped, rows with several are copied. n_rows may not exceed the room that decoder_start made.
   False if out of memory; then the state can only be freed. */
bool decoder_reorder(DecoderState *state, const size_t *parent, size_t n_rows, Error *err);

void decoder_free(DecoderState *state);

#endif
