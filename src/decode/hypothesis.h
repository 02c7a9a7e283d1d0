/* hypothesis.h: a translation as a search found it, and what led to it */
#ifndef XATTN_HYPOTHESIS_H
#define XATTN_HYPOTHESIS_H

#include "decode/prefix.h"

typedef struct {
    size_t n;
    int *ids;         // [n] target tokens, </s> included
    float *logprobs;  // [n] log p of each, natural log; all 0 if the search was not asked for them
    double score;     // their sum
    float
        *attention;  // [n][attention_size] the cross-attention that predicted each; NULL: not kept
    size_t attention_size;  // n_layers · heads · n_src, or 0
    RunnerUp *runners_up;   // [n][n_runners_up] the most probable tokens of each step, best first
    size_t n_runners_up;    // 0: they are not kept
    bool cut;               // the length limit came before the model's own </s>
} Hypothesis;

/* Follows a prefix of at least one token back to its start and writes down the whole of it. The
   hypothesis is the caller's, to free with hypothesis_free. False if out of memory; there is nothing
   to free then. */
bool hypothesis_trace(const Prefix *last, Hypothesis *hypothesis, Error *err);

/* Whether it ends by saying the same again and again, as a decoder does that has lost its way: a
   stretch of at most 16 tokens, said at least four times, that covers at least 12 tokens at its end,
   not counting `eos`. */
bool hypothesis_repeats(const Hypothesis *h, int eos);

/* Frees the arrays and leaves nothing behind. */
void hypothesis_free(Hypothesis *h);

#endif
