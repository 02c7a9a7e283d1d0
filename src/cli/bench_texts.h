/* bench_texts.h: what `xattn bench` translates */
#ifndef XATTN_BENCH_TEXTS_H
#define XATTN_BENCH_TEXTS_H

#include "base/arena.h"

/* 128 texts: sentences of our own, from 3 to 19 words, if `file` is NULL; else lines of the file, evenly
   spread, or all that it has if it has fewer. They lie in the arena or are constants. */
bool bench_texts(const char *file, const char ***texts, size_t *n, Arena *arena, Error *err);

#endif
