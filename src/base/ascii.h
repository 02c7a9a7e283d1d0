/* ascii.h: the letters A to Z, whatever the host's locale

   tolower and strncasecmp depend on the locale: a Turkish one may treat I differently. The keys and
   words that the library compares are ASCII; it compares other letters as they are. */
#ifndef XATTN_ASCII_H
#define XATTN_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* Turns A to Z into a to z; leaves other bytes as they are. */
char ascii_lower(char c);

/* Whether the first n bytes are equal if the case of A to Z does not count, as with strncasecmp. */
bool ascii_equal(const char *a, const char *b, size_t n);

#endif
