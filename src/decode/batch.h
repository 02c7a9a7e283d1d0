/* batch.h: the sentences of a search in progress

   Every row of the decoder is a prefix of a translation. A search feeds each row its newest token,
   reads the logits, and chooses the prefixes that continue. Three functions of the decoder do this:
   start, step and reorder. The others set limits at the start, or read the result of a step. */
#ifndef XATTN_BATCH_H
#define XATTN_BATCH_H

#include "decode/constraints.h"
#include "decode/prefix.h"
#include "model/model.h"

/* The options of a search: the public ones, with the model's own values filled in. max_length is at
   most model_target_limit; beam, nbest and threads are at least 1; length_penalty is the exponent.
   Options about sentences have no effect here. */
typedef xattn_options SearchOptions;

typedef struct {
    const Model *model;
    const SearchOptions *options;
    const Tokens *const *sources;  // the sentences
    const Tokens *const *targets;  // given translations or beginnings of them; NULL: none
    size_t n;                      // rows
    Prefix **prefixes;             // [n] the tokens of each row so far; owned by the batch
    float *logits;                 // [n][V], of a row's candidates; see batch_logits
    float *log_sums;               // [n] log-softmax = logit - log_sum; NULL: not wanted
    Best *best;                    // [n], and logits only [V] of scratch, if greedy search needs
                                   // nothing but the best tokens; otherwise NULL

    // The rows of the next step, from batch_keep.
    size_t n_next;
    Prefix **next;   // [n_next]
    size_t *parent;  // [n_next] the row that each continues

    // Scratch of batch_step.
    int *ids;      // [n] the newest tokens
    float **maps;  // [n] room for each row's cross-attention, or NULL
    int *said;     // [max_length + 1] the tokens of one row
    DecoderState *state;
    Trace trace;  // of options->observe
    Arena arena;
} Batch;

/* Encodes n sources and starts a row for each, in order, with the start symbol, and with room for
   options->beam times as many. The arguments must outlive the batch. The caller calls batch_free, even
   after a failure. */
bool batch_start(Batch *batch, const Model *model, const Tokens *const *sources,
                 const Tokens *const *targets, size_t n, const SearchOptions *options, Error *err);
void batch_free(Batch *batch);

/* The most tokens of a sentence's translation: max_length, or fewer if the model limits the ratio to
   the source. */
size_t batch_limit(const Batch *batch, size_t sentence);

/* The given next token of row r, or -1 if none is given. */
int batch_given(const Batch *batch, size_t r);

/* Feeds the rows their newest tokens. The cross-attention and the runners-up of the next token go to
   the rows' prefixes, if they are wanted. In rows without a given token, the tokens that the model's
   generation settings forbid get the logit -INFINITY. Fails if a logit is not finite, because the
   weights are damaged then; if all tokens of a row are forbidden; if out of memory; if the caller of
   the search cancels. */
bool batch_step(Batch *batch, Error *err);

/* Makes a prefix a row of the next step, with the cached past of `row`. The new rows are in the order
   of these calls. The batch takes over the prefix. */
void batch_keep(Batch *batch, size_t row, Prefix *prefix);

/* Replaces the rows with the kept prefixes, and drops all others. False if out of memory. */
bool batch_advance(Batch *batch, Error *err);

/* The logits of row r, and the token of logit i. */
RowLogits batch_logits(const Batch *batch, size_t r);
int batch_token(const RowLogits *logits, size_t i);

/* The id of row r's largest logit; of several equal ones, the first. */
int batch_best(const Batch *batch, size_t r);

/* log p of a token in row r; -INFINITY if it is forbidden or no candidate. Forbidden tokens still take
   their share of the probability, as in the training loss and in transformers' beam search, unless the
   model renormalizes. */
float batch_logprob(const Batch *batch, size_t r, int id);

#endif
