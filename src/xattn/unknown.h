/* unknown.h: replacing <unk> in a translation

   A model writes <unk> if its vocabulary lacks a word. The source word that this <unk> looked at most
   replaces it, according to the alignment head if the model has one, else to the mean of the last
   layer's heads. If several <unk> in a row looked at the same word, it occurs only once. */
#ifndef XATTN_UNKNOWN_H
#define XATTN_UNKNOWN_H

#include "decode/hypothesis.h"
#include "model/model.h"

/* Whether a hypothesis contains <unk>. */
bool unknown_is_said(const Model *model, const Hypothesis *h);

/* Replaces each <unk> among the pieces [h->n] of a hypothesis with attention. New pieces lie in
   `arena`. */
bool unknown_replace(const Model *model, const Tokens *source, const Hypothesis *h,
                     const char **pieces, Arena *arena, Error *err);

#endif
