/* tokens.h: assigning pieces to the tokens of a text, which are the parts between its spaces

       text     L' eau est froide .          pieces   ▁L ' ▁ eau ▁est ▁froid e .  </s>
       tokens   L'  eau  est  froide  .      token of 0  0  1  1    2     3   3  4   none

   A tokenised corpus counts links by its own tokens, whatever pieces a model has. Tokens and pieces
   spell the same characters, apart from spaces and compatible characters (½ and 1⁄2). So characters are
   counted in NFKC, and a piece belongs to the token that contains its first character. If the counts
   differ, because a vocabulary drops or adds characters, places are scaled. */
#ifndef XATTN_TOKENS_H
#define XATTN_TOKENS_H

#include "base/arena.h"
#include "xattn.h"

typedef struct {
    const char *text;  // [size] in the given text
    size_t size;
} TextToken;

typedef struct {
    TextToken *items;  // [n]
    size_t n;
    size_t *token_of;  // [pieces] the token of each piece; SIZE_MAX for </s>
} TextTokens;

/* The result lies in the arena; the tokens point into the text. */
bool tokens_match(const xattn_tokens *pieces, const char *text, TextTokens *tokens, Arena *arena,
                  Error *err);

#endif
