/* soft_hyphens.h: texts without their soft hyphens

   A soft hyphen, U+00AD, says where a word may be broken at the end of a line. It comes along when text is
   copied from a page, is not seen, and would be read as part of the word. */
#ifndef XATTN_SOFT_HYPHENS_H
#define XATTN_SOFT_HYPHENS_H

#include "base/arena.h"

/* Texts [n] without soft hyphens: an array of the arena's, with a copy of each text that has some; `texts`
   itself if none does. NULL if out of memory. */
const char *const *soft_hyphens_left_out(const char *const *texts, size_t n, Arena *arena,
                                         Error *err);

#endif
