/* candidates.h: the output layer for a sentence that may say few tokens

   The output layer is most of the work of a small decoder, and a shortlist says which few hundred
   tokens a sentence may need. Its logits are those of a smaller layer: the candidates' rows of E. */
#ifndef XATTN_CANDIDATES_H
#define XATTN_CANDIDATES_H

#include "base/arena.h"
#include "nn/ops.h"

/* Tokens, in rising order. */
typedef struct {
    const int *ids;  // [n]; NULL: all n tokens of the vocabulary
    size_t n;
} Candidates;

typedef struct {
    Candidates candidates;
    Linear output;  // [d] -> [candidates.n]
} Restriction;

/* For each of n_sentences the output layer of its candidates alone; all copied into the arena. NULL if
   out of memory. */
Restriction *candidates_restrict(const Linear *output, const Candidates *candidates,
                                 size_t n_sentences, Arena *arena, Error *err);

#endif
