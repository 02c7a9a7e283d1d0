/* sentences.h: a text cut into sentences, for models that were trained on one at a time

       It rained. "Why?" asked Dr. Wu.   ->   It rained.   "Why?" asked Dr. Wu.

   Where a sentence ends:

     1. At a line end or a tab.
     2. After a stop, . ! ? … or another script's (। ؟ ۔ ። ። ៕ ։ …), if a space follows; after 。！？｡
        even without one. Repeated stops, closing quotes and brackets (« Non. » too), emoji and notes
        such as [1] right after it belong to the sentence.
     3. Not if another stop follows (". . ."), nor if the stop stands alone in brackets: […] (!), nor
        if nothing but stops stands before it ("... And then").
     4. Not before a small letter, whatever quotes and dashes stand between. But text typed without
        capitals goes by its stops: where a sentence began with a small letter, the next one may, after
        ! ? or a dot after a whole word (not after quotes, an ellipsis or an abbreviation).
     5. A single dot does not end a sentence after
          - a title (Dr. Mme.), or an abbreviation that never ends a sentence (e.g. cf.);
          - one that may end a sentence (Inc. U.S. p.m. 12. J.), unless a word follows that begins
            sentences and is hardly ever a name (She, This, Elle). These are listed words, words
            of one or two letters between dots, numbers of one or two digits, single capitals;
          - an abbreviation that a number follows (No. 5, p. 12, vol. IV, Jan. 3);
          - the number of an item at the beginning: 1. or 2.3. or IV.

   The words are in lists.c. In doubt there is no cut, because a model translates two short sentences at
   once well enough, and half a sentence badly. Not handled: sentences that end without a stop, as in
   Thai. */
#ifndef XATTN_SENTENCES_H
#define XATTN_SENTENCES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    size_t begin, end;  // bytes of the text, without the spaces around them; begin < end
} Sentence;

/* Finds the next sentence of text [n] from byte *at on, and moves *at past it; false if there is none.
   Bytes that are not UTF-8 count as letters. All calls together take time linear in n. */
bool sentences_next(const char *text, size_t n, size_t *at, Sentence *sentence);

/* Whether a text ends with a stop that needs no space after it (。！？｡), perhaps with closing quotes. */
bool sentences_need_no_space(const char *text, size_t n);

#endif
