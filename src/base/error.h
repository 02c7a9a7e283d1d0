/* error.h: errors are values

   A function that can fail returns bool and takes an Error last. On failure it describes what went
   wrong (file, tensor or line; what was found; what was expected) and returns false:

       if (n < 8) return error_set(err, "%s: %zu bytes, a header needs 8", path, n);

   Callers hand the failure on unchanged, up to whoever called the library. error_set is for what is
   wrong in a file, the commonest case; what else went wrong has a kind of its own. */
#ifndef XATTN_ERROR_H
#define XATTN_ERROR_H

#include "xattn.h"

typedef xattn_error Error;  // starts as {0}

#if defined(__GNUC__)
#define XATTN_PRINTF(text, args) __attribute__((format(printf, text, args)))
#else
#define XATTN_PRINTF(text, args)
#endif

/* For functions whose caller may not want to know: `error`, or where it is NULL a spare one. */
static inline Error *error_or(Error *error, Error *spare) { return error ? error : spare; }

/* Writes the message, cut to fit at a character boundary, with control characters shown as '?':
   names in it may come from a hostile file. The kind is XATTN_MALFORMED, the index -1. Always returns
   false. */
bool error_set(Error *err, const char *format, ...) XATTN_PRINTF(2, 3);

/* The same with another kind. */
bool error_kind(Error *err, xattn_error_kind kind, const char *format, ...) XATTN_PRINTF(3, 4);

/* "PATH: No such file or directory", with the kind that fits: the system's answer to a call about a
   file. */
bool error_system(Error *err, const char *path, int error_number);

/* Puts "prefix: " in front of a message already set; its kind stays. Always returns false. */
bool error_prefix(Error *err, const char *prefix);

/* "out of memory: N bytes for WHAT". Always returns false. */
bool error_memory(Error *err, size_t n_bytes, const char *what);

#endif
