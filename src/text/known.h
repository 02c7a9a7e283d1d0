/* known.h: which characters a vocabulary can spell

       a é 中     known: a piece, alone or with others, says them
       😀 ř       unknown: only <unk>, or byte by byte

   The unit is a character as people see it (width.h). Answers for single code points are cached. */
#ifndef XATTN_KNOWN_H
#define XATTN_KNOWN_H

#include "text/tokenizer.h"

enum { KNOWN_CACHE = 1024 };

/* The caller sets the first two members and zeroes the rest; known_free ends it. */
typedef struct {
    const TokenizerSide *side;
    bool small_will_do;  // a capital counts as known if its small letter is
    PieceList pieces;    // scratch memory
    Buffer small;
    struct {
        int code;  // 0: the slot is free
        bool known;
    } cache[KNOWN_CACHE];
} Known;

/* Sets *known to whether the vocabulary can spell the character [n] at `text`. `text` may also be
   longer: some characters occur only inside longer pieces. */
bool known_character(Known *k, const char *text, size_t n, bool *known, Error *err);
bool known_text(Known *k, const char *text, size_t n, bool *known, Error *err);

/* The length of the added token at byte `at` of text [n], which is a piece whatever it is spelled with;
   0 if there is none. */
size_t known_token(const Known *k, const char *text, size_t n, size_t at);
void known_free(Known *k);

#endif
