/* utf16.h: converting UTF-16, which some editors save, to UTF-8 as it arrives

   A unit has two bytes in either order. Most characters are one unit; those above U+FFFF are a pair of
   surrogates. Half a pair becomes a byte that is not UTF-8, so that the reader of the text reports it
   like other invalid bytes. */
#ifndef XATTN_UTF16_H
#define XATTN_UTF16_H

#include "base/buffer.h"

/* The rest between two reads. The caller sets big_endian and zeroes the other members. */
typedef struct {
    bool big_endian;
    bool has_byte;       // half a unit has arrived,
    unsigned char byte;  // this one
    unsigned high;       // the first half of a pair, or 0
} Utf16;

/* Appends bytes [n] of a UTF-16 text to `text` as UTF-8. */
void utf16_append(Utf16 *state, const unsigned char *bytes, size_t n, Buffer *text);

/* Appends the rest at the end of the text, which is invalid. */
void utf16_end(Utf16 *state, Buffer *text);

#endif
