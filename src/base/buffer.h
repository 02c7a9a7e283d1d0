/* buffer.h: a growing string of bytes

   Starts as {0}. Appending never fails at the call: if memory runs out the buffer remembers it in
   `failed`, ignores what follows, and the owner asks once at the end (buffer_ok). The bytes are
   always followed by a NUL that is not counted, so `data` serves as a C string where no NUL was
   appended. */
#ifndef XATTN_BUFFER_H
#define XATTN_BUFFER_H

#include "base/error.h"

typedef xattn_buffer Buffer;

void buffer_append(Buffer *b, const void *bytes, size_t n);
void buffer_string(Buffer *b, const char *text);
void buffer_byte(Buffer *b, char byte);
void buffer_format(Buffer *b, const char *format, ...) XATTN_PRINTF(2, 3);

/* Empties the buffer and keeps its memory for the next use; a failure stays remembered. */
void buffer_clear(Buffer *b);

/* False, with an error that says what the buffer was for, if an append ran out of memory. */
bool buffer_ok(const Buffer *b, const char *what, Error *err);

/* Frees the memory and leaves {0}. */
void buffer_free(Buffer *b);

#endif
