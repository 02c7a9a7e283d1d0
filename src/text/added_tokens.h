/* added_tokens.h: tokens that were added to a model's vocabulary when it was trained further

   transformers lists them in added_tokens.json, {"TOKEN": id, …}, and with their properties in
   tokenizer_config.json, under added_tokens_decoder. Either file may be missing. Such a token is one
   piece wherever it stands in a text, and the text on each side of it is segmented by itself. Two of
   its properties matter: a special token adds no text to a translation, and a single-word token needs a
   space on either side. (lstrip and rstrip remove spaces that the segmentation drops anyway.) </s>,
   <unk> and <pad>, which the files list too, remain text. */
#ifndef XATTN_ADDED_TOKENS_H
#define XATTN_ADDED_TOKENS_H

#include "text/trie.h"
#include "text/vocab.h"

typedef struct {
    const char *text;
    size_t length;
    const char *path;  // the file that lists it
    int id;
    bool special, single_word;
} AddedToken;

/* Starts as {0}: none. */
typedef struct {
    AddedToken *items;  // [n]
    size_t n;
    Trie trie;  // indices into items
} AddedTokens;

/* Reads both files of a directory, for a vocabulary of n_ids ids. The result lies in the arena. */
bool added_tokens_load(const char *directory, size_t n_ids, AddedTokens *added, Arena *arena,
                       Error *err);

/* Adds the missing tokens to a vocabulary. False if another piece has the id of one. */
bool added_tokens_extend(const AddedTokens *added, Vocab *vocab, Arena *arena, Error *err);

/* A stretch of a text, and the token after it. */
typedef struct {
    size_t begin, end;
    const AddedToken *token;  // NULL at the end of the text
} AddedStretch;

/* The stretch of text [n] that begins at byte `begin`. It ends at the first token; if several tokens
   start there, the longest one counts. */
AddedStretch added_tokens_next(const AddedTokens *added, const char *text, size_t n, size_t begin);

/* The length of the token that is read at byte `at` of text [n]; 0 if none is. */
size_t added_tokens_length(const AddedTokens *added, const char *text, size_t n, size_t at);

/* Whether a piece is a special added token. */
bool added_tokens_is_special(const AddedTokens *added, const char *piece);

#endif
