/* error.h: errors are values

   A function that can fail returns bool and takes an Error last. On failure it describes what went
   wrong (file, tensor or line; what was found; what was expected) and returns false:

       if (n < 8) return error_set(err, "%s: %zu bytes, a header needs 8", path, n);

   Each caller returns the failure to its own caller, up to the user of the library. error_set is for
   malformed files, the commonest case; other failures have a kind of their own. */
#ifndef XATTN_ERROR_H
#define XATTN_ERROR_H

#include "xattn.h"

typedef xattn_error Error;  // starts as {0}

#if defined(__GNUC__)
#define XATTN_PRINTF(text, args) __attribute__((format(printf, text, args)))
#else
#define XATTN_PRINTF(text, args)
#endif

/* `error`, or `spare` if `error` is NULL: for functions whose caller may pass no Error. */
static inline Error *error_or(Error *error, Error *spare) { return error ? error : spare; }

/* Writes the message. Names in it may come from a hostile file, so control characters become '?', and a
   long message is cut between two characters. Sets the kind to XATTN_MALFORMED and the index to -1.
   Always returns false. */
bool error_set(Error *err, const char *format, ...) XATTN_PRINTF(2, 3);

/* The same with another kind. */
bool error_kind(Error *err, xattn_error_kind kind, const char *format, ...) XATTN_PRINTF(3, 4);

/* "PATH: No such file or directory": the system's message for an error number, and the kind that fits.
   Safe in threads. Always returns false. */
bool error_system(Error *err, const char *path, int error_number);

/* Puts "prefix: " in front of the message, and keeps the kind. Always returns false. */
bool error_prefix(Error *err, const char *prefix);

/* "out of memory: N bytes for WHAT". Always returns false. */
bool error_memory(Error *err, size_t n_bytes, const char *what);

#endif
