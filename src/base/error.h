/* error.h: errors are values

   A function that can fail returns bool and takes an Error last. On failure it describes what went
   wrong (file, tensor or line; what was found; what was expected) and returns false:

       if (n < 8) return error_set(err, "%s: %zu bytes, a header needs 8", path, n);

   Callers hand the failure on unchanged. Only main prints it and picks the exit status. */
#ifndef XATTN_ERROR_H
#define XATTN_ERROR_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char text[1024];  // "" while nothing failed
} Error;

#if defined(__GNUC__)
#define XATTN_PRINTF(text, args) __attribute__((format(printf, text, args)))
#else
#define XATTN_PRINTF(text, args)
#endif

/* Writes the message, cut to fit at a character boundary, with control characters shown as '?':
   names in it may come from a hostile file. Always returns false. */
bool error_set(Error *err, const char *format, ...) XATTN_PRINTF(2, 3);

/* Puts "prefix: " in front of a message already set. Always returns false. */
bool error_prefix(Error *err, const char *prefix);

/* "out of memory: N bytes for WHAT". Always returns false. */
bool error_memory(Error *err, size_t n_bytes, const char *what);

#endif
