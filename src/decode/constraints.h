/* constraints.h: what a translation may not say next

   A model's generation settings (model/generation.h) forbid some tokens outright, others after what
   has been said, and make repeated ones less likely. They are applied as transformers' logits
   processors are, in its order: repetition_penalty, no_repeat_ngram_size, bad_words_ids, min_length,
   forced_bos_token_id, suppress_tokens, begin_suppress_tokens. (forced_eos_token_id is the searches',
   which know where a translation must end.) What is forbidden gets a value of -INFINITY. */
#ifndef XATTN_CONSTRAINTS_H
#define XATTN_CONSTRAINTS_H

#include "decode/prefix.h"
#include "model/config.h"
#include "nn/candidates.h"

/* What a row may say next, and how much it wants to. */
typedef struct {
    Candidates candidates;
    float *values;  // [candidates.n] logits, or log-probabilities
} RowLogits;

/* The value of a token; NULL if it is no candidate. */
float *row_value(const RowLogits *logits, int id);

/* Makes what was said before less likely. said: [n_said], the start symbol first. Values are measured
   from `zero`: 0 for logits, the log of the sum for logits that stand for log-probabilities. */
void constraints_penalize(const Generation *generation, const int *said, size_t n_said,
                          const RowLogits *logits, float zero);

/* Whether a token is never said. And forbids all those. */
bool constraints_bans(const Generation *generation, int id);
void constraints_ban(const Generation *generation, const RowLogits *logits);

/* Forbids what may not be said here. A forced token's value becomes `zero`: it is certain. */
void constraints_forbid(const Config *config, const int *said, size_t n_said,
                        const RowLogits *logits, float zero);

#endif
