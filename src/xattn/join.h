/* join.h: the translations of a text's sentences, put together to one of the whole text

       source   ▁It ▁rained . </s>      ▁We ▁left . </s>
       target   ▁Choveu . </s>          ▁Saímos . </s>

                 ┌ map of 1 │    0     ┐      pieces, ids, scores and runners-up follow each other;
       map   =   │ ─────────┼───────── │      maps stand on the diagonal, for no sentence was seen
                 └    0     │ map of 2 ┘      from another: a row still sums to 1

   Every sentence keeps its </s>, since the model read and said it. Texts are joined by a space, or by
   nothing behind a full stop such as 。 that needs none. */
#ifndef XATTN_JOIN_H
#define XATTN_JOIN_H

#include "base/error.h"
#include "xattn.h"

/* Joins n > 0 translations made with the same options, of which this is the length penalty. *whole is
   the caller's, to free with fill_free; on failure it is {0}. The k-th alternative of the
   whole has every sentence's k-th, or the last that it has. */
bool join_translations(const xattn_translation *parts, size_t n, double length_penalty,
                       xattn_translation *whole, Error *err);

#endif
