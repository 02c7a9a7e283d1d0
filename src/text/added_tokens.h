/* added_tokens.h: tokens that were added to a model's vocabulary when it was trained further

   transformers keeps them in added_tokens.json, {"TOKEN": id, …}, and with their properties in
   tokenizer_config.json, under added_tokens_decoder; either file may be absent. Such a token is one
   piece wherever it stands in a text, and what stands around it is segmented by itself. Of its properties
   two matter: a special one says nothing in a translation, and a single word has spaces around it.
   (lstrip and rstrip take spaces away that the segmentation drops anyway.) </s>, <unk> and <pad>, which
   are listed too, stay text. */
#ifndef XATTN_ADDED_TOKENS_H
#define XATTN_ADDED_TOKENS_H

#include "text/trie.h"
#include "text/vocab.h"

typedef struct {
    const char *text;
    size_t length;
    const char *path;  // the file that has it
    int id;
    bool special, single_word;
} AddedToken;

/* Starts as {0}: none. */
typedef struct {
    AddedToken *items;  // [n]
    size_t n;
    Trie trie;  // their numbers among the items
} AddedTokens;

/* Reads both files of a directory, for a vocabulary of n_ids. Everything lies in the arena. */
bool added_tokens_load(const char *directory, size_t n_ids, AddedTokens *added, Arena *arena,
                       Error *err);

/* Adds those that it lacks to a vocabulary. False if an id is another piece's. */
bool added_tokens_extend(const AddedTokens *added, Vocab *vocab, Arena *arena, Error *err);

/* A stretch of a text, and the token behind it. */
typedef struct {
    size_t begin, end;
    const AddedToken *token;  // NULL: none, as at the end of the text
} AddedStretch;

/* The next stretch of text [n] that begins at byte `begin`. The first token that starts wins, of those
   that start together the longest. */
AddedStretch added_tokens_next(const AddedTokens *added, const char *text, size_t n, size_t begin);

/* Whether a piece is a special one of them. */
bool added_tokens_is_special(const AddedTokens *added, const char *piece);

#endif
