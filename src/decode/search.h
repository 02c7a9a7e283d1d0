/* search.h: from sources to hypotheses: batches of similar length, each to the search asked for

   Batches are independent, so threads share them out. What comes out for a sentence depends neither
   on the batch that it was in nor on how many threads there are. */
#ifndef XATTN_SEARCH_H
#define XATTN_SEARCH_H

#include "decode/batch.h"
#include "decode/hypothesis.h"

/* The most rows of a batch, that is, of sources times beam: linear_rows of the model's largest layer,
   at most LINEAR_MOST_ROWS. */
size_t search_rows(const Model *model);

/* Translates n sources, each of at least one token and at most model_source_limit, in batches of
   similar length. hypotheses [n][nbest]: those for sources[i], best first, are the caller's to free;
   some may stay empty (n = 0) if there are no more. With targets [n], of at least one token and at
   most model_target_limit, there is nothing to find: each is read as the translation, whatever the
   options say of search. On failure there are no hypotheses. */
bool search_translate(const Model *model, const Tokens *sources, const Tokens *targets, size_t n,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err);

#endif
