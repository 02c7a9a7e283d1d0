/* prefix.h: the beginnings of translations, while a search lets them grow

   A prefix is its newest token and the way back to the prefix before it:

       <start> <── Le <── chat <── dort
                    ^      ^
                    |      └────── noir <── dort
                    └──── petit <── chat

   So hypotheses that begin alike share their beginning, and a beam copies nothing from one step to
   the next. What predicted the token that follows a prefix (its cross-attention, its runners-up) is
   kept with the prefix, once for all that follow, so that a map can never show the rows of another
   hypothesis. */
#ifndef XATTN_PREFIX_H
#define XATTN_PREFIX_H

#include "base/error.h"

typedef xattn_runner_up RunnerUp;  // its piece is the vocabulary's

typedef struct Prefix {
    struct Prefix *before;  // one token shorter; NULL: this is the start
    size_t n_users;         // prefixes that go on from it, and its maker until prefix_release
    size_t sentence;        // of a batch, that it translates
    size_t n;               // tokens, the start symbol not counted
    int id;                 // its newest token, or the start symbol
    float logprob;          // log p of that token, natural log
    double score;           // Σ log p

    // What was seen when it was asked for its next token.
    size_t attention_size;  // n_layers · heads · n_src, or 0: it is not kept
    float *attention;       // [attention_size]
    size_t n_runners_up;    // 0: they are not kept
    RunnerUp *runners_up;   // [n_runners_up] the most probable next tokens, best first
} Prefix;

/* A prefix of no token but the start symbol. NULL if out of memory. */
Prefix *prefix_start(size_t sentence, int start, size_t attention_size, size_t n_runners_up,
                     Error *err);

/* One token more. NULL if out of memory. */
Prefix *prefix_extend(Prefix *before, int id, float logprob, Error *err);

/* Its tokens, the start symbol first: ids [prefix->n + 1]. */
void prefix_ids(const Prefix *prefix, int *ids);

/* Its maker is done with it: it is freed, with all before it that nobody else goes on from, as soon
   as nothing goes on from it. NULL is allowed. */
void prefix_release(Prefix *prefix);

#endif
