/* constraints.h: tokens that may not come next

   A model's generation settings (model/generation.h) forbid some tokens always, others after certain
   tokens, and make repeated ones less likely. They work like the logits processors of transformers and
   in the same order: repetition_penalty, no_repeat_ngram_size, bad_words_ids, min_length,
   forced_bos_token_id, suppress_tokens, begin_suppress_tokens. (The searches handle
   forced_eos_token_id, because they know where a translation must end.) A forbidden token gets the
   value -INFINITY. */
#ifndef XATTN_CONSTRAINTS_H
#define XATTN_CONSTRAINTS_H

#include "decode/prefix.h"
#include "model/config.h"
#include "nn/candidates.h"

/* The possible next tokens of a row, and their values. */
typedef struct {
    Candidates candidates;
    float *values;  // [candidates.n] logits, or log-probabilities
} RowLogits;

/* The value of a token; NULL if it is not a candidate. */
float *row_value(const RowLogits *logits, int id);

/* Whether earlier tokens make a difference. If not, all that the settings do is to ban some tokens. */
bool constraints_look_back(const Generation *generation);

/* Makes earlier tokens less likely. said [n_said] has the tokens so far, the start symbol first. Values
   count from `zero`: 0 for logits, or log_sum for logits that stand for log-probabilities. */
void constraints_penalize(const Generation *generation, const int *said, size_t n_said,
                          const RowLogits *logits, float zero);

/* Whether the settings forbid a token always; and forbidding all such tokens. */
bool constraints_bans(const Generation *generation, int id);
void constraints_ban(const Generation *generation, const RowLogits *logits);

/* Forbids the tokens that may not come next. A forced token gets the value `zero`, because it is
   certain. */
void constraints_forbid(const Config *config, const int *said, size_t n_said,
                        const RowLogits *logits, float zero);

#endif
