/* clauses.h: where a sentence that is too long may be cut

   At the colon, semicolon or dash nearest to its middle, or the comma before a conjunction (lists.c);
   else at a comma; else before a conjunction; if none stands in its middle half, at the space nearest
   to the middle, else between any two characters. */
#ifndef XATTN_CLAUSES_H
#define XATTN_CLAUSES_H

#include "text/spans.h"

/* The best place to cut bytes begin … end - 1 of a text outside spans, which may be NULL; `end` if there
   is none. */
size_t clauses_cut(const char *text, const SpanList *spans, size_t begin, size_t end);

/* Where the first slice of them ends, of at most so many bytes: what has no end is read in slices, so
   that memory does not depend on it. */
enum { CLAUSES_SLICE = 8192 };
size_t clauses_slice(const char *text, size_t begin, size_t end);

#endif
