/* utf8.h: the characters of a text, one after the other

   Text from outside may hold any bytes. Where they spell no character (The Unicode Standard, table
   3-7: overlong forms and surrogates are none) the caller decides what becomes of them; most put
   U+FFFD in their place, one for every byte. */
#ifndef XATTN_UTF8_H
#define XATTN_UTF8_H

#include <stddef.h>

#define UTF8_REPLACEMENT "\xEF\xBF\xBD"  // U+FFFD

enum { UTF8_NONE = -1 };

/* The first character of text [n], n > 0, and its bytes; UTF8_NONE, 1 byte long, where there is none. */
int utf8_character(const char *text, size_t n, size_t *size);

#endif
