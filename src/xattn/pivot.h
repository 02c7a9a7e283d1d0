/* pivot.h: a translation through a third language, and its map

       source ─first model─> pivot ─second model─> target

   The two maps are composed. The models cut the pivot text into different pieces, so a bridge connects
   them, [source pieces of the second][target pieces of the first]: the share of each first piece in the
   letters of each second piece.

       map [target][source]  =  map₂ [target][pivot₂] · bridge [pivot₂][pivot₁] · map₁ [pivot₁][source]

   Rows of all three sum to 1, and so do rows of the product. There is a product for each map of the
   second model, always with the default map of the first. Pieces without letters, such as </s> or a
   tag, count for the first model's </s>. */
#ifndef XATTN_PIVOT_H
#define XATTN_PIVOT_H

#include "model/model.h"
#include "xattn.h"

/* Two models, and the options for each (options.h). */
typedef struct {
    const Model *first, *second;
    const xattn_options *before, *onward;
} Pivot;

/* Like split_translate with two models: the first translates each part of a text, and the second
   translates the result as a text. If the second keeps its attention, the first must, too. */
bool pivot_translate(const Pivot *pivot, const char *const *texts, size_t n,
                     xattn_translation **translations, Error *err);

#endif
