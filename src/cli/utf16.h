/* utf16.h: UTF-16, as some editors save text, turned into UTF-8 while it arrives

   Two bytes are a unit, either byte first; most characters are one unit, those above U+FFFF are a
   pair of surrogates. Half a pair is no character: it becomes a byte that is not UTF-8, so that
   whoever reads the text reports it like any other. */
#ifndef XATTN_UTF16_H
#define XATTN_UTF16_H

#include "base/buffer.h"

/* What is left over between two reads. Starts as {0}, with big_endian set. */
typedef struct {
    bool big_endian;
    bool has_byte;       // half a unit
    unsigned char byte;  //
    unsigned high;       // the first of a pair, or 0
} Utf16;

/* Appends bytes [n] of a UTF-16 text to `text` as UTF-8. */
void utf16_append(Utf16 *state, const unsigned char *bytes, size_t n, Buffer *text);

/* Appends what is left over at the end of the text: it is no character. */
void utf16_end(Utf16 *state, Buffer *text);

#endif
