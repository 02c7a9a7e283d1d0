/* spelling.h: the text that pieces spell, and where in it each of them lies

       ▁s ' est <0xC3> <0xA9>   ->   " s'esté"    ends 2 3 6 6 8

   ▁ is a space. Byte pieces (<0xE2>) are joined to the characters they spell: all but the last of a
   character are empty. Bytes of no character, and NUL, become U+FFFD. */
#ifndef XATTN_SPELLING_H
#define XATTN_SPELLING_H

#include "base/buffer.h"

typedef struct {
    Buffer text;   // valid UTF-8
    size_t *ends;  // [n] where in the text each piece ends
    size_t n;
} Spelling;

/* Spells pieces [n]. The spelling is the caller's, to free with spelling_free also after a failure. */
bool spelling_make(const char *const *pieces, size_t n, Spelling *spelling, Error *err);
void spelling_free(Spelling *spelling);

/* The byte of <0xE2>, or -1 if the piece is none. */
int spelling_byte(const char *piece);

#endif
