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

#include "xattn/result.h"

/* Joins n > 0 translations made with the same options, of which this is the length penalty; they stay
   the caller's. The k-th alternative of the whole has every sentence's k-th, or the last that it has, so
   that it does not matter whether all are joined at once or some before. NULL on failure. */
Result *join_results(Result *const *parts, size_t n, double length_penalty, Error *err);

#endif
