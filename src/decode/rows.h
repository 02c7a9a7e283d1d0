/* rows.h: the batch that a search has in flight

   Every row of the decoder is one hypothesis of one sentence. A search feeds every row its
   newest token, looks at the logits, and says which rows go on: it knows the decoder only as start,
   step and reorder. */
#ifndef XATTN_ROWS_H
#define XATTN_ROWS_H

#include "decode/hypothesis.h"
#include "model/model.h"

/* What is asked of any search. */
typedef struct {
    size_t max_tokens;               // of a translation, </s> included; at most model_target_limit
    bool scores;                     // fill in the log-probabilities
    bool rows;                       // keep the cross-attention rows
    size_t runners_up;               // how many of the most probable tokens to keep of every step
    size_t beam;                     // hypotheses a sentence; 1: greedy
    size_t nbest;                    // of these to return, at least 1
    float length_penalty;            // exponent; of beams greater than 1
    bool shortlist;                  // say only what the model's shortlist offers, if it has one
    Trace *trace;                    // who is shown the activations, or NULL
    const CrossAblation *ablations;  // [n_ablations] what cross-attention does without
    size_t n_ablations;
    size_t threads;  // that share out the batches; 0 counts as 1
} SearchOptions;

typedef struct {
    size_t n;
    size_t *parent;   // [n] the row that this one continues, for decoder_reorder
    int *ids;         // [n] the newest token
    float **maps;     // [n] where its cross-attention goes, or NULL
    float *logits;    // [n][V], of a row's candidates; see rows_logits
    float *log_sums;  // [n] log Σ exp of each row's logits, banned ones too; NULL if not wanted
    size_t V;
    DecoderState *state;
} Rows;

/* What a row may say next, and how much it wants to. */
typedef struct {
    Candidates candidates;
    float *values;  // [candidates.n]
} RowLogits;

/* An empty hypothesis for a source, which keeps what the options say. */
Hypothesis rows_hypothesis(const Model *model, const Tokens *source, const SearchOptions *options);

/* The most tokens of a source's translation: max_tokens, or fewer if the model limits the ratio. */
size_t rows_limit(const Model *model, const Tokens *source, const SearchOptions *options);

/* Runs the encoder over a batch of sources and starts one row a source, with the start symbol; later
   there may be up to per_source times as many. With logprobs, rows_logprob may be asked, and runners-up
   may be kept. With shortlist, rows say only what the model's shortlist, if it has one, offers their
   sentence. Of the options, trace and ablations are seen to. Its arrays lie in `work`; the caller
   calls rows_free. */
bool rows_start(const Model *model, const Tokens *const *sources, size_t n, size_t per_source,
                bool logprobs, bool shortlist, const SearchOptions *options, Rows *rows,
                Arena *work, Error *err);
void rows_free(Rows *rows);

/* Feeds the rows their newest tokens. Row r's cross-attention becomes the next row of hypotheses[r],
   and so do its runners-up, where those are kept. Banned ids get a logit of -INFINITY. Logits that are
   not numbers are an error: the weights are damaged, and any token would be a lie. */
bool rows_step(const Model *model, Rows *rows, Hypothesis *const *hypotheses, Error *err);

/* Row r's logits, and the token that logit i is of. */
RowLogits rows_logits(const Rows *rows, size_t r);
int rows_token(const RowLogits *logits, size_t i);

/* The id of row r's largest logit, the first of equals. */
int rows_best(const Rows *rows, size_t r);

/* log p of a token in row r, -INFINITY if it is banned or no candidate. What is banned takes its share of the
   probability all the same, as in the loss of training and in transformers' beam search. */
float rows_logprob(const Rows *rows, size_t r, int id);

#endif
