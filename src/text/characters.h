/* characters.h: the kinds of characters that rules about text need, from utf8proc's categories */
#ifndef XATTN_CHARACTERS_H
#define XATTN_CHARACTERS_H

#include <stdbool.h>

/* Each takes a code point, or UTF8_NONE, which is of no kind. */
bool character_is_break(int c);       // a line end of any system, or a tab
bool character_is_space(int c);       // a break or a space
bool character_is_letter(int c);      // marks do not count
bool character_is_small(int c);       // a small letter
bool character_is_capital(int c);     // a capital
bool character_is_digit(int c);       // a decimal digit of any script
bool character_is_word(int c);        // letters, marks and numbers
bool character_is_identifier(int c);  // the same, and _

#endif
