/* arena.h: memory that is freed all at once

   A model, or one batch in flight, is many arrays with one lifetime. They are taken from an Arena
   and go with it, so every owner has one cleanup path and no array can be forgotten. Starts as {0}.

   Nothing is ever given back singly: what grows step by step belongs in a Buffer or in a realloc. */
#ifndef XATTN_ARENA_H
#define XATTN_ARENA_H

#include "base/error.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct {
    ArenaBlock *blocks;
} Arena;

/* n elements of `size` bytes, zeroed, aligned to 64 bytes (a cache line, and any vector register).
   NULL with an error that names `what` if there is no memory or n * size overflows; n = 0 gives a
   valid pointer to nothing. */
void *arena_array(Arena *arena, size_t n, size_t size, const char *what, Error *err);

/* The same for floats, the commonest case. */
float *arena_floats(Arena *arena, size_t n, const char *what, Error *err);

/* A copy of n bytes of text with a NUL behind them. */
char *arena_string(Arena *arena, const char *text, size_t n, Error *err);

/* Makes sure that the next n_bytes, however they are split up, come out of one block. For whoever
   knows the size of what is coming: one large block can lie in the system's huge pages, which
   spares a model's start thousands of page faults. */
bool arena_reserve(Arena *arena, size_t n_bytes, const char *what, Error *err);

/* Frees everything and leaves {0}. */
void arena_free(Arena *arena);

#endif
