/* words.h: pieces grouped into words as people see them

       ▁Le ▁chat ▁s ' est ▁as sis .  </s>      ->      Le  chat  s'  est  assis  .  </s>

   The pieces are joined to the text they spell, the text is cut into words, and every piece goes to
   the word it lies in. Where words begin:

     1. Spaces (▁) separate words.
     2. Letters, digits and their marks stay together; so do hyphenated words (peut-être), what
        stands around an apostrophe (don't, aujourd'hui), and numbers (3.14, 1,000, 12:30).
     3. A French elision ends at its apostrophe: l' eau, j' ai, s' est, qu' il, jusqu' à. That is c d
        j l m n s t qu jusqu lorsqu puisqu quoiqu before a vowel, y, h, or the end of the word.
     4. Any other character is a word of its own, repeated ones together (... !! --).
     5. Scripts written without spaces go by character: Han, kana, Thai, Lao, Khmer, Burmese.
     6. A character as people see it is never cut (width.h): accents, flags, joined emoji.
     7. Byte pieces (<0xE2>) are joined to the characters they spell; a byte that belongs to no
        character becomes U+FFFD.
     8. A piece is never cut. If words meet inside one (the piece ."), they become one word.
     9. A piece that is only a space belongs to the word after it.
    10. </s> is a word of its own; it ends the text, or one of several sentences.

   Not here: dictionaries. "New York" is two words, a German compound one, a Thai word several. */
#ifndef XATTN_WORDS_H
#define XATTN_WORDS_H

#include "base/arena.h"

typedef xattn_word Word;

/* Starts as {0}. */
typedef struct {
    Word *items;  // [n], in order; together they hold every piece once
    size_t n;
    Arena memory;
} WordList;

/* Groups pieces [n], given by their strings. On success `words` is the caller's, to free with
   word_list_free; on failure it is {0}. */
bool words_split(const char *const *pieces, size_t n, WordList *words, Error *err);
void word_list_free(WordList *words);

/* Whether a character is of a script that is written without spaces (rule 5). */
bool words_unspaced(int code);

#endif
