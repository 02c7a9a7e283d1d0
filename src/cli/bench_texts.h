/* bench_texts.h: the sentences of `xattn bench` */
#ifndef XATTN_BENCH_TEXTS_H
#define XATTN_BENCH_TEXTS_H

#include "base/arena.h"

/* 128 texts: built-in sentences of 3 to 19 words if `file` is NULL; else lines spread evenly over the
   file, or all of its lines if it has fewer. They lie in the arena or are constants. */
bool bench_texts(const char *file, const char ***texts, size_t *n, Arena *arena, Error *err);

#endif
