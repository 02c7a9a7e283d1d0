/* vocab.h: the model's vocabulary, from pieces to ids and back

   A Hugging Face vocab.json is one object {"PIECE": id, …} whose ids are the rows of the embedding
   table; Marian's vocab.yml has a line PIECE: id for each (yaml_vocab.h). These ids may differ from
   those of the .spm file, so pieces are looked up as strings. Firefox's models have no such file; the
   ids of their .spm file are the rows. */
#ifndef XATTN_VOCAB_H
#define XATTN_VOCAB_H

#include "base/arena.h"
#include "text/sentencepiece.h"

typedef struct {
    size_t n;
    const char **pieces;  // [n] by id, NUL-terminated
    int *table;           // [n_slots] hash table of ids, -1 where empty
    size_t n_slots;       // a power of two
} Vocab;

/* Reads vocab.json for a model of n rows. Each id is below n and occurs once; ids may be missing until
   vocab_complete. The result lies in the arena. */
bool vocab_load(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err);

/* Call it when all pieces have been added. The last ids may have no piece, up to 1024 of them, because
   embeddings may have been resized to a round number; they become <unk>. False if another id has
   none. */
bool vocab_complete(Vocab *vocab, const char *path, Error *err);

/* For readers of other formats: makes an empty vocabulary of n rows, and adds a piece with its id,
   below n. Errors name `path`. */
bool vocab_alloc(Vocab *vocab, size_t n, Arena *arena, Error *err);
bool vocab_add(Vocab *vocab, const char *path, const char *piece, long long id, Arena *arena,
               Error *err);

/* Makes a vocabulary from the pieces of a .spm file, for a model of n rows. Errors name `path`. The
   strings belong to `pieces`. */
bool vocab_from_pieces(const char *path, const SentencePiece *pieces, size_t n, Vocab *vocab,
                       Arena *arena, Error *err);

/* The id of a piece of `length` bytes, or -1. */
int vocab_find(const Vocab *vocab, const char *piece, size_t length);

/* Whether a piece is </s>, <unk> or <pad>, which stand for no text. */
bool vocab_is_special(const char *piece);

#endif
