/* beam.h: the N most probable beginnings at every step

       every step:   each of a sentence's N hypotheses is continued by every token of the vocabulary;
                     of all these the 2N most probable are candidates, in order
                     a candidate that ends in </s>, among the first N, is finished
                     the first N others live on
       score         Σ log p / length^length_penalty, length in tokens with </s>
       the end       N are finished, and the best that lives, scored as if it ended now, would not
                     be among them; a model's early_stopping may ask for another (generation.h)

   2N candidates, so that N live on even if N end. The rules, the end's heuristic with them, are
   those of transformers, which is the judge. Hypotheses
   that begin alike share their beginning (prefix.h). The decoder does not know any of this: to it, it
   is a batch of rows that is reordered between two steps. Beam 1 is greedy search: see greedy.h. */
#ifndef XATTN_BEAM_H
#define XATTN_BEAM_H

#include "decode/batch.h"
#include "decode/hypothesis.h"

/* Translates a batch of n sources in one go. The options->nbest best hypotheses for sources[i], best
   first, go to hypotheses[i][0 …], empty before. Fails if memory runs out or the model's logits are
   not numbers. */
bool beam_search(const Model *model, const Tokens *const *sources, size_t n,
                 const SearchOptions *options, Hypothesis *const *hypotheses, Error *err);

#endif
