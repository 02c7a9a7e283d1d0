/* capitals.h: text typed in capitals

       THE CAT SLEPT.  ──small letters──>  the cat slept.  ──model──>  le chat a dormi.
                                                                             │
       LE CHAT A DORMI.  <──────────────────────capitals─────────────────────┘

   A word in capitals is rare in training data, so a vocabulary splits it into many short pieces, and
   small models translate it badly. If a model's configuration asks for it (config.h), the model reads
   text in capitals as small letters.

   Case follows Unicode's simple mapping, character by character (utf8proc). Not handled: ß, which has
   no simple capital and stays; the two Turkish i; sentences in capitals within other text. */
#ifndef XATTN_CAPITALS_H
#define XATTN_CAPITALS_H

#include "base/buffer.h"

/* Whether text [n] is typed in capitals: it has no small letter, and more than one word or a word of
   four letters or more. A shorter text, such as OK or USA, may be a name; initials are. */
bool capitals_typed(const char *text, size_t n);

/* Appends text [n] in small letters, or in capitals. Bytes that are not UTF-8 stay as they are. */
void capitals_lower(const char *text, size_t n, Buffer *lower);
void capitals_upper(const char *text, size_t n, Buffer *upper);

#endif
