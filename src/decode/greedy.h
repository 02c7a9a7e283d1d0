/* greedy.h: the most probable token at every step

   This need not lead to the most probable translation, because the best token now may lead to worse
   ones later (beam.h looks further). But it needs only one row for each sentence, and is right most of
   the time. */
#ifndef XATTN_GREEDY_H
#define XATTN_GREEDY_H

#include "decode/batch.h"
#include "decode/hypothesis.h"

/* Translates a batch of n sources into *hypotheses[i], which are empty before. If there are targets, it
   feeds the tokens of *targets[i], at least one, instead of choosing any, and so scores them. If the
   options have a prefix, the targets are only the beginnings of translations, may be empty, and the
   search continues after them. options->beam is 1. Calls options->step after every token. Fails as
   batch_step does, or if options->step cancels. */
bool greedy_search(const Model *model, const Tokens *const *sources, const Tokens *const *targets,
                   size_t n, const SearchOptions *options, Hypothesis *const *hypotheses,
                   Error *err);

#endif
