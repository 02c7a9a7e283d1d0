/* soft_hyphens.h: dropping soft hyphens from texts

   A soft hyphen, U+00AD, marks a place where a word may be broken at the end of a line. It is
   invisible, text copied from a page contains it, and a model would read it as part of the word. */
#ifndef XATTN_SOFT_HYPHENS_H
#define XATTN_SOFT_HYPHENS_H

#include "base/arena.h"

/* Returns texts [n] without soft hyphens, with copies of those texts that have some, in the arena; or
   `texts` itself if none has any. NULL if out of memory. */
const char *const *soft_hyphens_left_out(const char *const *texts, size_t n, Arena *arena,
                                         Error *err);

#endif
