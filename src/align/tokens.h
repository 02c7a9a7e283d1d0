/* tokens.h: pieces given to the tokens of a text, which are what stands between its spaces

       text     L' eau est froide .          pieces   ▁L ' ▁ eau ▁est ▁froid e .  </s>
       tokens   L'  eau  est  froide  .      token of 0  0  1  1    2     3   3  4   none

   A corpus that was cut into tokens counts links by these, whatever pieces a model has. Both sides
   spell the same characters but for spaces and for what Unicode calls compatible (½ and 1⁄2): they are
   counted in that form (NFKC), and a piece belongs to the token in which its first character lies. Where
   the counts differ all the same, since a vocabulary drops or adds characters, places are scaled. */
#ifndef XATTN_TOKENS_H
#define XATTN_TOKENS_H

#include "base/arena.h"
#include "xattn.h"

typedef struct {
    const char *text;  // [size] in the text that was given
    size_t size;
} TextToken;

typedef struct {
    TextToken *items;  // [n]
    size_t n;
    size_t *token_of;  // [pieces] the token of each piece; SIZE_MAX: of </s>
} TextTokens;

/* Lies in the arena; the tokens point into the text. */
bool tokens_match(const xattn_tokens *pieces, const char *text, TextTokens *tokens, Arena *arena,
                  Error *err);

#endif
