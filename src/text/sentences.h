/* sentences.h: a text cut into sentences, for models that were trained on one at a time

       It rained. "Why?" asked Dr. Wu.   ->   It rained.   "Why?" asked Dr. Wu.

   Where a sentence ends:

     1. After . ! ? … or another script's stop (। ؟ ۔ ። ။ ។ ։), repeated ones and closing quotes and
        brackets included, if a space follows; after 。！？｡ also without one.
     2. Not if what follows, behind opening quotes and dashes, is a small letter.
     3. A single . does not end a sentence after
          - an abbreviation before a name (Mr. Dr. Sra. …: the list is in sentences.c), or before a
            number (No. 5, p. 12),
          - a single capital (J. Smith), or a word with dots inside (U.S., e.g., p.m.),
          - a number of one or two digits (3. Oktober, 1. First item).

   When in doubt it does not cut: two short sentences taken as one are translated well enough, a
   sentence cut in two is not. Not here: a language's own rules, and sentences that end without a
   stop, as in Thai. */
#ifndef XATTN_SENTENCES_H
#define XATTN_SENTENCES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    size_t begin, end;  // bytes of the text, without the spaces around them; begin < end
} Sentence;

/* The next sentence of text [n] from byte *at on, which moves behind it; false if there is none.
   Bytes that are not UTF-8 count as letters. The time of all calls together is linear in n. */
bool sentences_next(const char *text, size_t n, size_t *at, Sentence *sentence);

/* Whether a text ends in a stop that needs no space behind it (。！？｡), closing quotes aside. */
bool sentences_need_no_space(const char *text, size_t n);

#endif
