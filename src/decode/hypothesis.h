/* hypothesis.h: a translation that a search found, with its attention and runners-up */
#ifndef XATTN_HYPOTHESIS_H
#define XATTN_HYPOTHESIS_H

#include "decode/prefix.h"

typedef struct {
    size_t n;
    int *ids;               // [n] target tokens, </s> included
    float *logprobs;        // [n] log p of each, natural log; all 0 if not wanted
    double score;           // their sum
    float *attention;       // [n][attention_size] what predicted each; NULL: not wanted
    size_t attention_size;  // n_layers · heads · n_src, or 0
    RunnerUp *runners_up;   // [n][n_runners_up] the most probable tokens of each step, best first
    size_t n_runners_up;    // 0: not wanted
    bool cut;               // the length limit came before </s>
} Hypothesis;

/* Follows a prefix of at least one token back to its start and copies all of it. The caller frees the
   hypothesis with hypothesis_free. False if out of memory; then there is nothing to free. */
bool hypothesis_trace(const Prefix *last, Hypothesis *hypothesis, Error *err);

/* Whether the translation ends in a loop, a common failure of decoders: at most 16 tokens, repeated at
   least four times, that fill at least the last 12 tokens before `eos`. */
bool hypothesis_repeats(const Hypothesis *h, int eos);

/* Frees the arrays and leaves {0}. */
void hypothesis_free(Hypothesis *h);

#endif
