/* words.h: grouping pieces into words as people see them

       ▁Le ▁chat ▁s ' est ▁as sis .  </s>      ->      Le  chat  s'  est  assis  .  </s>

   The pieces are joined to a text, the text is cut into words, and each piece goes to the word that
   contains it. The rules:

     1. Spaces (▁) separate words.
     2. Letters, digits and their marks stay together; so do hyphenated words (peut-être), words
        with an apostrophe (don't, aujourd'hui), and numbers (3.14, 1,000, 12:30).
     3. A French elision ends at its apostrophe: l' eau, j' ai, s' est, qu' il, jusqu' à. That is c d
        j l m n s t qu jusqu lorsqu puisqu quoiqu before a vowel, y, h, or the end of the word.
     4. Any other character is a word of its own, repeated ones together (... !! --).
     5. In scripts without spaces each character is a word: Han, kana, Thai, Lao, Khmer, Burmese.
     6. A character as people see it is never cut (width.h): accents, flags, joined emoji.
     7. Byte pieces (<0xE2>) are joined to the characters they spell; a byte that belongs to no
        character becomes U+FFFD.
     8. A piece is never cut. If words meet inside one (the piece ."), they become one word.
     9. A piece that is only a space belongs to the word after it.
    10. </s> is a word of its own; it ends the text, or one of several sentences.

   There is no dictionary: "New York" is two words, a German compound is one, a Thai word is several. */
#ifndef XATTN_WORDS_H
#define XATTN_WORDS_H

#include "base/arena.h"

typedef xattn_word Word;

/* Starts as {0}. */
typedef struct {
    Word *items;  // [n] in order; each piece is in exactly one
    size_t n;
    Arena memory;
} WordList;

/* Groups pieces [n], given as strings. On success the caller frees `words` with word_list_free; on
   failure it is {0}. */
bool words_split(const char *const *pieces, size_t n, WordList *words, Error *err);
void word_list_free(WordList *words);

/* Whether a character belongs to a script without spaces (rule 5). */
bool words_unspaced(int code);

#endif
