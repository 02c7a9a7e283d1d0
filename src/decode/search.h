/* search.h: from sources to hypotheses, in batches of similar length

   Batches are independent, and threads share them. The result for a sentence depends neither on its
   batch nor on the number of threads. */
#ifndef XATTN_SEARCH_H
#define XATTN_SEARCH_H

#include "decode/batch.h"
#include "decode/hypothesis.h"

/* The most rows (sources times beam) of a batch: linear_rows of the model's largest layer, at most
   LINEAR_MOST_ROWS. */
size_t search_rows(const Model *model);

/* Translates n sources, each of 1 to model_source_limit tokens, in batches of similar length. The
   hypotheses for sources[i], best first, go to hypotheses [n][nbest]; the caller frees them. The last
   ones may be empty (n = 0). If there are targets [n], each of 1 to model_target_limit tokens, it
   scores these as the translations and ignores the options of search; if the options have a prefix,
   the targets are beginnings of translations instead, and may be empty. On failure there are no
   hypotheses. */
bool search_translate(const Model *model, const Tokens *sources, const Tokens *targets, size_t n,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err);

#endif
