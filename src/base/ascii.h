/* ascii.h: the letters A to Z, whatever the host's locale

   tolower and strncasecmp ask the locale: in a Turkish one they may answer otherwise for I. The keys
   and words that the library compares are ASCII; other letters are compared as they are. */
#ifndef XATTN_ASCII_H
#define XATTN_ASCII_H

#include <stdbool.h>
#include <stddef.h>

/* A to Z as a to z; any other byte as it is. */
char ascii_lower(char c);

/* Whether the first n bytes are the same but for the case of A to Z, as strncasecmp says with 0. */
bool ascii_equal(const char *a, const char *b, size_t n);

#endif
