/* hypothesis.h: a translation while it grows, and what led to it

   Every hypothesis carries its own cross-attention rows, so whatever a search does with its
   hypotheses, a map can never show the rows of another one. */
#ifndef XATTN_HYPOTHESIS_H
#define XATTN_HYPOTHESIS_H

#include "base/error.h"

/* A token that might have come instead, or the one that did. */
typedef struct {
    int id;
    float logprob;
} RunnerUp;

/* Starts as {.row_size = …, .n_runners_up = …}. */
typedef struct {
    size_t n, capacity;
    int *ids;         // [n] target tokens, </s> included
    float *logprobs;  // [n] log p of each, natural log; all 0 if the search was not asked for them
    double score;     // their sum
    float *rows;      // [n][row_size] the cross-attention that predicted each
    size_t row_size;  // n_layers · heads · n_src, or 0: no rows are kept
    RunnerUp *runners_up;  // [n][n_runners_up] the most probable tokens of each step, best first
    size_t n_runners_up;   // 0: they are not kept
    bool cut;              // the length limit came before the model's own </s>
} Hypothesis;

/* Room for one more token. False if out of memory. */
bool hypothesis_reserve(Hypothesis *h, Error *err);

/* Where the next token's row and runners-up go, once there is room; NULL if they are not kept. */
float *hypothesis_next_row(const Hypothesis *h);
RunnerUp *hypothesis_next_runners_up(const Hypothesis *h);

/* Appends a token into the room reserved; its row and runners-up have been written already. */
void hypothesis_append(Hypothesis *h, int id, float logprob);

/* Makes *to a copy of `from`, in memory of its own that it may have already, with room for one more
   token, and with the row and runners-up written for that. Both keep the same. False if out of memory. */
bool hypothesis_copy(const Hypothesis *from, Hypothesis *to, Error *err);

/* Whether it ends by saying the same again and again, as a decoder does that has lost its way: a
   stretch of at most 16 tokens, said at least four times, that covers at least 12 tokens at its end,
   not counting `eos`. */
bool hypothesis_repeats(const Hypothesis *h, int eos);

/* Frees the arrays and leaves nothing behind. */
void hypothesis_free(Hypothesis *h);

#endif
