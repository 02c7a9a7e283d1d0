/* join.h: joining the translations of a text's parts

       source   ▁It ▁rained . </s>      ▁We ▁left . </s>
       target   ▁Choveu . </s>          ▁Saímos . </s>

                 ┌ map of 1 │    0     ┐      pieces, ids, scores and runners-up follow each other;
       map   =   │ ─────────┼───────── │      maps are on the diagonal, because no part was read
                 └    0     │ map of 2 ┘      together with another; rows still sum to 1

   Every part that the model read keeps its </s>. A copied part belongs to the sentence around it: it
   comes after the part before it, and before that part's </s>. It keeps a </s> of its own only if its
   sentence has nothing else.

   The translations have the source's gaps between them: spaces, tabs, line ends. But if the gap between
   two sentences is one space or nothing, it becomes a space, or nothing after a full stop such as 。
   that needs no space. */
#ifndef XATTN_JOIN_H
#define XATTN_JOIN_H

#include "base/buffer.h"
#include "xattn/result.h"

/* Joins n > 0 translations that were made with the same options and this length penalty. The caller
   still owns them. The k-th alternative of the whole has the k-th of every part, or its last one if it
   has fewer; so joining all at once gives the same as joining some first. NULL on failure. */
Result *join_results(Result *const *parts, size_t n, double length_penalty, Error *err);

/* Appends the gap [n] between two sentences. Control characters other than tabs and line ends become
   spaces. */
void join_append_gap(const char *gap, size_t n, Buffer *out);

#endif
