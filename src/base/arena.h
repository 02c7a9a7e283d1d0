/* arena.h: memory that is freed all at once

   A model consists of many arrays with one lifetime, and so does a batch in progress. Its Arena
   allocates and frees them all, so every owner has one cleanup path and cannot forget an array. Starts
   as {0}.

   An arena cannot free a single array. Use a Buffer or realloc for memory that grows step by step. */
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

/* A copy of n bytes of text, followed by a NUL. */
char *arena_string(Arena *arena, const char *text, size_t n, Error *err);

/* Takes the next n_bytes, however they are split up, from one block. Call it if you know the total
   size: one large block can lie in huge pages, which saves a model thousands of page faults when it
   starts. */
bool arena_reserve(Arena *arena, size_t n_bytes, const char *what, Error *err);

/* Frees everything and leaves {0}. */
void arena_free(Arena *arena);

#endif
