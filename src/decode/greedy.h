/* greedy.h: the most probable token at every step

   Not the most probable translation: a token that looks best now may lead nowhere good. It is one
   row a sentence, and mostly right. */
#ifndef XATTN_GREEDY_H
#define XATTN_GREEDY_H

#include "decode/search.h"

/* Translates a batch of n sources in one go. Fills *hypotheses[i], empty before, for sources[i];
   they are the caller's to free, also after a failure. Fails if memory runs out or if the model's
   logits are not numbers. */
bool greedy_search(const Model *model, const Tokens *const *sources, size_t n,
                   const SearchOptions *options, Hypothesis *const *hypotheses, Error *err);

#endif
