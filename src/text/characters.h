/* characters.h: kinds of characters, as the rules about text need them (utf8proc has the categories) */
#ifndef XATTN_CHARACTERS_H
#define XATTN_CHARACTERS_H

#include <stdbool.h>

/* All take a code point, or UTF8_NONE, which is of no kind. */
bool character_is_break(int c);   // a line end, of any system, or a tab
bool character_is_space(int c);   // one of these, or a space
bool character_is_letter(int c);  // without its marks
bool character_is_word(int c);    // letters, marks and numbers

#endif
