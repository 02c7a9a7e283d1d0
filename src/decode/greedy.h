/* greedy.h: the most probable token at every step

   Not the most probable translation: a token that looks best now may lead nowhere good (beam.h looks
   further). It is one row a sentence, and mostly right. */
#ifndef XATTN_GREEDY_H
#define XATTN_GREEDY_H

#include "decode/batch.h"
#include "decode/hypothesis.h"

/* Translates a batch of n sources in one go into *hypotheses[i], empty before. With targets, nothing
   is chosen: the tokens of *targets[i], at least one, are fed instead, to see what the model makes
   of them. But if the options have a prefix, the targets are only how translations begin, and may be
   empty: the search goes on from there. options->beam is 1. Calls options->step after every token.
   Fails if memory runs out, the model's logits are not numbers, or the caller cancels. */
bool greedy_search(const Model *model, const Tokens *const *sources, const Tokens *const *targets,
                   size_t n, const SearchOptions *options, Hypothesis *const *hypotheses,
                   Error *err);

#endif
