/* search.h: from sources to hypotheses

   A search knows the decoder only as start, step and reorder. This header is what all searches
   share, and the batcher in front of them. */
#ifndef XATTN_SEARCH_H
#define XATTN_SEARCH_H

#include "decode/hypothesis.h"
#include "model/model.h"

typedef struct {
    size_t max_tokens;  // of a translation, </s> included; at most model_target_limit
    bool scores;        // fill in the log-probabilities
    bool rows;          // keep the cross-attention rows
    bool shortlist;     // say only what the model's shortlist offers, if it has one
} SearchOptions;

/* The most tokens for a source of so many: max_tokens, or less if the model limits the ratio. */
size_t search_limit(const Model *model, const SearchOptions *options, size_t n_source);

/* Translates n sources, each of at least one token and at most model_source_limit, in batches of
   similar length. hypotheses[i], the best one for sources[i], is the caller's to free; on failure
   there are none. */
bool search_translate(const Model *model, const Tokens *sources, size_t n,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err);

#endif
