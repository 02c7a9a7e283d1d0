/* buffer.h: a growing string of bytes

   Starts as {0}. Appending reports no failure: if memory runs out, the buffer sets `failed` and ignores
   later calls, and its owner checks once at the end (buffer_ok). A NUL that `size` does not count
   follows the bytes, so `data` is a C string unless you append a NUL. */
#ifndef XATTN_BUFFER_H
#define XATTN_BUFFER_H

#include "base/error.h"

typedef xattn_buffer Buffer;

void buffer_append(Buffer *b, const void *bytes, size_t n);
void buffer_string(Buffer *b, const char *text);
void buffer_byte(Buffer *b, char byte);
void buffer_format(Buffer *b, const char *format, ...) XATTN_PRINTF(2, 3);

/* Empties the buffer and keeps its memory for the next use. `failed` stays set. */
void buffer_clear(Buffer *b);

/* False, with an error that names `what`, if an append ran out of memory. */
bool buffer_ok(const Buffer *b, const char *what, Error *err);

/* Frees the memory and leaves {0}. */
void buffer_free(Buffer *b);

#endif
