/* known.h: which characters a vocabulary can spell

       a é 中     known: a piece, alone or with others, says them
       😀 ř       unknown: only <unk>, or byte by byte

   Asked about character by character, as people see them (width.h); answers about single code points
   are remembered. */
#ifndef XATTN_KNOWN_H
#define XATTN_KNOWN_H

#include "text/tokenizer.h"

enum { KNOWN_CACHE = 1024 };

/* Starts with the first two set and the rest zero; ends with known_free. */
typedef struct {
    const TokenizerSide *side;
    bool
        small_will_do;  // a capital is known if its small letter is: text in capitals is read in small
    PieceList pieces;  // working memory
    Buffer small;
    struct {
        int code;  // 0: nothing here
        bool known;
    } cache[KNOWN_CACHE];
} Known;

/* Sets *known to whether the vocabulary spells the character [n] at text; or all of a text [n], some of
   whose characters may be in longer pieces alone. */
bool known_character(Known *k, const char *text, size_t n, bool *known, Error *err);
bool known_text(Known *k, const char *text, size_t n, bool *known, Error *err);
void known_free(Known *k);

#endif
