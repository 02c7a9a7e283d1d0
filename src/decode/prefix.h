/* prefix.h: the beginnings of translations, which a search extends

   A prefix consists of its newest token and a pointer to the prefix before it:

       <start> <── Le <── chat <── dort
                    ^      ^
                    |      └────── noir <── dort
                    └──── petit <── chat

   So hypotheses share common beginnings, and a beam copies nothing from one step to the next. A prefix
   also keeps the cross-attention and the runners-up that predicted the next token, once for all
   prefixes that extend it. So a map can never show the rows of another hypothesis. */
#ifndef XATTN_PREFIX_H
#define XATTN_PREFIX_H

#include "base/error.h"

typedef xattn_runner_up RunnerUp;  // its piece belongs to the vocabulary

typedef struct Prefix {
    struct Prefix *before;  // one token shorter; NULL at the start
    size_t n_users;         // prefixes that extend it, plus its owner until prefix_release
    size_t sentence;        // index of its sentence in the batch
    size_t n;               // number of tokens, without the start symbol
    int id;                 // its newest token, or the start symbol
    float logprob;          // log p of that token, natural log
    double score;           // Σ log p

    // The prediction of the next token.
    size_t attention_size;  // n_layers · heads · n_src, or 0: not wanted
    float *attention;       // [attention_size]
    size_t n_runners_up;    // 0: not wanted
    RunnerUp *runners_up;   // [n_runners_up] the most probable next tokens, best first
} Prefix;

/* Makes a prefix with the start symbol only. NULL if out of memory. */
Prefix *prefix_start(size_t sentence, int start, size_t attention_size, size_t n_runners_up,
                     Error *err);

/* Extends a prefix by a token. NULL if out of memory. */
Prefix *prefix_extend(Prefix *before, int id, float logprob, Error *err);

/* Writes its tokens, the start symbol first, to ids [prefix->n + 1]. */
void prefix_ids(const Prefix *prefix, int *ids);

/* Its owner no longer needs it. It is freed as soon as no other prefix extends it, together with those
   before it that nothing else uses. Accepts NULL. */
void prefix_release(Prefix *prefix);

#endif
