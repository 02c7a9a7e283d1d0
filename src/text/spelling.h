/* spelling.h: the text that pieces spell, and the place of each piece in it

       ▁s ' est <0xC3> <0xA9>   ->   " s'esté"    ends 2 3 6 6 8

   ▁ is a space. Byte pieces (<0xE2>) form characters: the last byte's piece gets the character, the
   others are empty. Bytes that form no character, and NUL, become U+FFFD. */
#ifndef XATTN_SPELLING_H
#define XATTN_SPELLING_H

#include "base/buffer.h"

#define SPACE_MARK "\u2581"  // ▁

typedef struct {
    Buffer text;   // valid UTF-8
    size_t *ends;  // [n] the end of each piece in the text
    size_t n;
} Spelling;

/* Spells pieces [n]. The caller frees the spelling with spelling_free, even after a failure. */
bool spelling_make(const char *const *pieces, size_t n, Spelling *spelling, Error *err);
void spelling_free(Spelling *spelling);

/* Appends a piece with spaces in the place of its ▁. */
void spelling_append(const char *piece, Buffer *text);

/* The byte of a piece such as <0xE2>, or -1 for other pieces. */
int spelling_byte(const char *piece);

#endif
