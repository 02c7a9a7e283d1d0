/* sized.h: structs that the caller makes and that may grow

   They begin with their own size, as the caller's compiler knew it (xattn.h, Growing). A program that
   was built with an earlier header has a shorter one: what it lacks is zero. One that was built with a
   later header has a longer one: that is fine as long as it sets nothing there. */
#ifndef XATTN_SIZED_H
#define XATTN_SIZED_H

#include "base/error.h"

/* Copies a struct whose first member is its size to *to [n], a later or an earlier version of it; NULL
   is all zero. Errors call it by its name. */
bool sized_copy(const void *from, void *to, size_t n, const char *name, Error *err);

#endif
