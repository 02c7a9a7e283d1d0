/* beam.h: the N most probable beginnings at every step

       every step:   each of a sentence's N hypotheses is continued by every token of the vocabulary;
                     of all these the 2N most probable are candidates, in order
                     a candidate among the first N that ends in </s> is finished
                     the first N others live on
       score         Σ log p / length^length_penalty, length in tokens with </s>
       the end       N are finished, and the best live one, scored as if it ended now, would not
                     be among them; a model's early_stopping may choose another rule (generation.h)

   There are 2N candidates, so that N live on even if N end. The rules, including the heuristic for the
   end, are those of transformers, the reference. Hypotheses share common beginnings (prefix.h). The
   decoder sees only a batch of rows that is reordered between two steps. Beam 1 is greedy search: see
   greedy.h. */
#ifndef XATTN_BEAM_H
#define XATTN_BEAM_H

#include "decode/batch.h"
#include "decode/hypothesis.h"

/* Translates a batch of n sources. The options->nbest best hypotheses for sources[i] go to
   hypotheses[i][0 …], best first; these are empty before. Fails as batch_step does. */
bool beam_search(const Model *model, const Tokens *const *sources, size_t n,
                 const SearchOptions *options, Hypothesis *const *hypotheses, Error *err);

#endif
