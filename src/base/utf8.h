/* utf8.h: the characters of a text, one after the other

   Text from outside may contain any bytes. The caller decides what happens to bytes that form no
   character (The Unicode Standard, table 3-7, which excludes overlong forms and surrogates). Most
   callers replace each of them with U+FFFD. */
#ifndef XATTN_UTF8_H
#define XATTN_UTF8_H

#include <stdbool.h>
#include <stddef.h>

#define UTF8_REPLACEMENT "\xEF\xBF\xBD"  // U+FFFD

enum { UTF8_NONE = -1 };

/* The first character of text [n], n > 0; *size is its length in bytes. UTF8_NONE, 1 byte long, if the
   bytes form no character. */
int utf8_character(const char *text, size_t n, size_t *size);

/* Unicode's category Cc: U+0000 to U+001F, and U+007F to U+009F, which 8-bit terminals obey, too. */
bool utf8_is_control(int c);

/* Puts `sign` in the place of each byte of a control character in text [n]. */
void utf8_hide_controls(char *text, size_t n, char sign);

/* Where the character before byte `at` > 0 of a text begins. Of bytes that form no character, up to four
   may count as one. */
size_t utf8_before(const char *text, size_t at);

#endif
