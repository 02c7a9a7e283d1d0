/* hypothesis.h: a translation while it grows, and what led to it

   Every hypothesis carries its own cross-attention rows, so whatever a search does with its
   hypotheses, a map can never show the rows of another one. */
#ifndef XATTN_HYPOTHESIS_H
#define XATTN_HYPOTHESIS_H

#include "base/error.h"

/* Starts as {.row_size = …}. */
typedef struct {
    size_t n, capacity;
    int *ids;         // [n] target tokens, </s> included
    float *logprobs;  // [n] log p of each, natural log; all 0 if the search was not asked for them
    float *rows;      // [n][row_size] the cross-attention that predicted each
    size_t row_size;  // n_layers · heads · n_src, or 0: no rows are kept
    bool cut;         // the length limit came before the model's own </s>
} Hypothesis;

/* Room for one more token. False if out of memory. */
bool hypothesis_reserve(Hypothesis *h, Error *err);

/* Where the next token's row goes, once there is room; NULL if no rows are kept. */
float *hypothesis_next_row(const Hypothesis *h);

/* Appends a token into the room reserved; its row has been written already. */
void hypothesis_append(Hypothesis *h, int id, float logprob);

/* Frees the arrays and leaves nothing behind. */
void hypothesis_free(Hypothesis *h);

#endif
