/* clauses.h: where to cut a sentence that is too long

   The best place is a colon, a semicolon, a dash, or a comma before a conjunction (lists.c); then any
   comma; then before a conjunction. If there is none of these in the middle half of the sentence, the
   cut is at a space, or else between any two characters. Of several places the one nearest to the
   middle counts. */
#ifndef XATTN_CLAUSES_H
#define XATTN_CLAUSES_H

#include "text/spans.h"

/* The best place to cut bytes begin … end - 1 of a text, not inside one of the spans (which may be
   NULL). Returns `end` if there is no place. */
size_t clauses_cut(const char *text, const SpanList *spans, size_t begin, size_t end);

/* The end of the first slice of bytes begin … end - 1, which has at most CLAUSES_SLICE bytes. Very long
   text without sentence ends is read in slices, so that memory stays bounded. */
enum { CLAUSES_SLICE = 8192 };
size_t clauses_slice(const char *text, size_t begin, size_t end);

#endif
