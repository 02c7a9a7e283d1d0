/* search.h: from sources to hypotheses

   A search knows the decoder only as start, step and reorder. This header is what all searches
   share, and the batcher in front of them. */
#ifndef XATTN_SEARCH_H
#define XATTN_SEARCH_H

#include "decode/hypothesis.h"
#include "model/model.h"

typedef struct {
    size_t max_tokens;     // of a translation, </s> included; at most model_target_limit
    bool scores;           // fill in the log-probabilities
    bool rows;             // keep the cross-attention rows
    size_t runners_up;     // how many of the most probable tokens to keep of every step
    size_t beam;           // hypotheses a sentence; 1: greedy
    size_t nbest;          // of these to return, at least 1
    float length_penalty;  // exponent; of beams greater than 1
    bool shortlist;        // say only what the model's shortlist offers, if it has one
} SearchOptions;

/* Translates n sources, each of at least one token and at most model_source_limit, in batches of
   similar length. hypotheses [n][nbest]: those for sources[i], best first, are the caller's to free;
   some may stay empty (n = 0) if there are no more. With targets [n], of at least one token and at
   most model_target_limit, there is nothing to find: each is read as the translation, whatever the
   options say of search. On failure there are no hypotheses. */
bool search_translate(const Model *model, const Tokens *sources, const Tokens *targets, size_t n,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err);

/* The most tokens for a source of so many: max_tokens, or less if the model limits the ratio. */
size_t search_limit(const Model *model, const SearchOptions *options, size_t n_source);

/* An empty hypothesis for a source, which keeps what the options say. */
Hypothesis search_hypothesis(const Model *model, const Tokens *source,
                             const SearchOptions *options);

#endif
