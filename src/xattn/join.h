/* join.h: the translations of a text's parts, put together to one of the whole text

       source   ▁It ▁rained . </s>      ▁We ▁left . </s>
       target   ▁Choveu . </s>          ▁Saímos . </s>

                 ┌ map of 1 │    0     ┐      pieces, ids, scores and runners-up follow each other;
       map   =   │ ─────────┼───────── │      maps stand on the diagonal, for no part was seen
                 └    0     │ map of 2 ┘      from another: a row still sums to 1

   Every part that was read keeps its </s>, since the model read and said it. What was copied stands
   inside its sentence: behind the part in front of it and before that one's </s>. Its own </s> stays
   only where a sentence has nothing else.

   Texts have between them what the source has there: spaces, tabs, line ends. Only where sentences
   follow each other with one space, or none, it is a space, or nothing behind a full stop such as 。
   that needs none. */
#ifndef XATTN_JOIN_H
#define XATTN_JOIN_H

#include "base/buffer.h"
#include "xattn/result.h"

/* Joins n > 0 translations made with the same options, of which this is the length penalty; they stay
   the caller's. The k-th alternative of the whole has every part's k-th, or the last that it has, so
   that it does not matter whether all are joined at once or some before. NULL on failure. */
Result *join_results(Result *const *parts, size_t n, double length_penalty, Error *err);

/* Appends n bytes of a text that stand between its sentences: control characters but tabs and line ends
   become spaces. */
void join_append_gap(const char *gap, size_t n, Buffer *out);

#endif
