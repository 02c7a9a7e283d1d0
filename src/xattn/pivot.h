/* pivot.h: a translation through a language between, and its map

       source ─first model─> pivot ─second model─> target

   The two maps are composed. The models cut the pivot text into different pieces, so between them stands
   a bridge [second's source pieces][first's target pieces]: how much of each second piece is made of the
   letters of which first piece.

       map [target][source]  =  map₂ [target][pivot₂] · bridge [pivot₂][pivot₁] · map₁ [pivot₁][source]

   Rows of all three sum to 1, so those of the product do. There is one for each map of the second
   model; of the first it is always the map to look at first. What is no letter of the pivot text, such as
   </s> or a tag, goes to the first model's </s>. */
#ifndef XATTN_PIVOT_H
#define XATTN_PIVOT_H

#include "model/model.h"
#include "xattn.h"

/* Two models, and the options of a call read for each (options.h). */
typedef struct {
    const Model *first, *second;
    const xattn_options *before, *onward;
} Pivot;

/* Translates n texts with both models, as split_translate does with one: a part of a text is translated by
   the first, and what comes out, as a text of its own, by the second. Where the second keeps its
   attention, the first must too. */
bool pivot_translate(const Pivot *pivot, const char *const *texts, size_t n,
                     xattn_translation **translations, Error *err);

/* The bridge between a sentence's target pieces and the pieces that the same text has as a source:
   [source->n][target->n], whose rows sum to 1; neither is empty. In the arena; NULL if out of memory. */
float *pivot_bridge(const xattn_tokens *target, const xattn_tokens *source, Arena *arena,
                    Error *err);

#endif
