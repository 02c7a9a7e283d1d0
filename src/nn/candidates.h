/* candidates.h: the output layer of a sentence with few possible tokens

   The output layer is most of the work of a small decoder. A shortlist names the few hundred tokens
   that a sentence may need. Their logits come from a smaller layer, with the rows of E for these
   candidates. */
#ifndef XATTN_CANDIDATES_H
#define XATTN_CANDIDATES_H

#include "base/arena.h"
#include "nn/ops.h"

/* A set of tokens, in rising order. */
typedef struct {
    const int *ids;  // [n]; NULL: all n tokens of the vocabulary
    size_t n;
} Candidates;

typedef struct {
    Candidates candidates;
    Linear output;  // [d] -> [candidates.n]
} Restriction;

/* Makes an output layer for the candidates of each of n_sentences, copied into the arena. NULL if out
   of memory. */
Restriction *candidates_restrict(const Linear *output, const Candidates *candidates,
                                 size_t n_sentences, Arena *arena, Error *err);

#endif
