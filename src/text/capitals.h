/* capitals.h: text typed in capitals

       THE CAT SLEPT.  ──small letters──>  the cat slept.  ──model──>  le chat a dormi.
                                                                             │
       LE CHAT A DORMI.  <──────────────────────capitals─────────────────────┘

   A vocabulary spells what it rarely saw in small bits, and a word in capitals is many of them: small
   models translate such text badly. Those that say so (config.h) read it in small letters instead.

   Case is Unicode's simple mapping, character by character (utf8proc). Not here: ß, which has no
   simple capital and stays; Turkish, whose i has two; sentences in capitals within other text. */
#ifndef XATTN_CAPITALS_H
#define XATTN_CAPITALS_H

#include "base/buffer.h"

/* Whether text [n] is typed in capitals: no small letter, and more than one word, or one of four
   letters and more. What is shorter may well be a name, as OK and USA are; so are initials. */
bool capitals_typed(const char *text, size_t n);

/* Appends text [n] in small letters, or in capitals. Bytes that are not UTF-8 stay as they are. */
void capitals_lower(const char *text, size_t n, Buffer *lower);
void capitals_upper(const char *text, size_t n, Buffer *upper);

#endif
