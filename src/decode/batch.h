/* batch.h: the sentences that a search has in flight

   Every row of the decoder is one prefix of one sentence. A search feeds every row its newest token,
   looks at the logits, and says which prefixes go on: it knows the decoder only as start, step and
   reorder. */
#ifndef XATTN_BATCH_H
#define XATTN_BATCH_H

#include "decode/constraints.h"
#include "decode/prefix.h"
#include "model/model.h"

/* What is asked of any search: the public options, where nothing is left to the model any more. So
   max_length is at most model_target_limit; beam, nbest and threads are at least 1; length_penalty is
   the exponent itself. What is about sentences is not looked at here. */
typedef xattn_options SearchOptions;

typedef struct {
    const Model *model;
    const SearchOptions *options;
    const Tokens *const *sources;  // the sentences
    const Tokens *const *targets;  // and their translations, or these' beginnings; NULL: not given
    size_t n;                      // rows
    Prefix **prefixes;             // [n] what each row has said; the batch's own
    float *logits;                 // [n][V], of a row's candidates; see batch_logits
    float *log_sums;  // [n] what makes each row's logits log-probabilities; NULL if not wanted

    // What batch_keep gathers for the next step.
    size_t n_next;
    Prefix **next;   // [n_next]
    size_t *parent;  // [n_next] the row that each goes on from

    // Scratch of batch_step.
    int *ids;      // [n] the newest tokens
    float **maps;  // [n] where cross-attention goes, or NULL
    int *said;     // [max_length + 1] of one row
    DecoderState *state;
    Trace trace;  // of options->observe
    Arena arena;
} Batch;

/* Runs the encoder over n sources, and starts a row for each, in order, with the start symbol; there
   is room for options->beam times as many. What is passed must outlive the batch. The caller calls
   batch_free, on failure too. */
bool batch_start(Batch *batch, const Model *model, const Tokens *const *sources,
                 const Tokens *const *targets, size_t n, const SearchOptions *options, Error *err);
void batch_free(Batch *batch);

/* The most tokens of a sentence's translation: max_length, or fewer if the model limits the ratio. */
size_t batch_limit(const Batch *batch, size_t sentence);

/* The token that is given for row r to say next; -1: none is. */
int batch_given(const Batch *batch, size_t r);

/* Feeds the rows their newest tokens. The cross-attention and the runners-up of what comes next go to
   the rows' prefixes, where those are kept. Where nothing is given, what the model's generation settings
   forbid gets a logit of -INFINITY. Logits that are not numbers are an error: the weights are damaged, and any token would be
   a lie. So is a row that may say nothing, and so is it if the caller of the search cancels. */
bool batch_step(Batch *batch, Error *err);

/* A prefix goes on as a row of the next step, from what `row` remembers. Rows stay in the order in
   which they are kept. The prefix becomes the batch's. */
void batch_keep(Batch *batch, size_t row, Prefix *prefix);

/* The kept prefixes become the rows; all others are forgotten. False if out of memory. */
bool batch_advance(Batch *batch, Error *err);

/* Row r's logits, and the token that logit i is of. */
RowLogits batch_logits(const Batch *batch, size_t r);
int batch_token(const RowLogits *logits, size_t i);

/* The id of row r's largest logit, the first of equals. */
int batch_best(const Batch *batch, size_t r);

/* log p of a token in row r, -INFINITY if it is forbidden or no candidate. What is forbidden takes its
   share of the probability all the same, as in the loss of training and in transformers' beam search,
   unless the model renormalizes. */
float batch_logprob(const Batch *batch, size_t r, int id);

#endif
