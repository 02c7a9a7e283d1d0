/* unknown.h: what a translation says by <unk>

   A model that says <unk> has no word for what it looks at. The source's word at the piece that it
   looked at most, by the head that is trained to align or else by the mean of the last layer's heads,
   takes its place; once, where several <unk> in a row looked at the same word. */
#ifndef XATTN_UNKNOWN_H
#define XATTN_UNKNOWN_H

#include "decode/hypothesis.h"
#include "model/model.h"

/* Whether a hypothesis says <unk>. */
bool unknown_is_said(const Model *model, const Hypothesis *h);

/* Replaces the <unk> among the pieces [h->n] of a hypothesis that kept its attention; new pieces come
   from `arena`. */
bool unknown_replace(const Model *model, const Tokens *source, const Hypothesis *h,
                     const char **pieces, Arena *arena, Error *err);

#endif
