/* sized.h: structs of the caller's that may grow

   Such a struct begins with its size at the time when the caller was compiled (xattn.h, Growing). A
   program built with an earlier header passes a shorter struct; the missing members count as zero. A
   program built with a later header passes a longer struct, which is accepted as long as the unknown
   members are zero. */
#ifndef XATTN_SIZED_H
#define XATTN_SIZED_H

#include "base/error.h"

/* Copies a struct that begins with its size to *to [n], another version of the same struct. NULL counts
   as all zero. Errors call it `name`. */
bool sized_copy(const void *from, void *to, size_t n, const char *name, Error *err);

#endif
