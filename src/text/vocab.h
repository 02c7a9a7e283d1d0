/* vocab.h: the model's vocabulary, pieces to ids and back

   A Hugging Face vocab.json is one object {"PIECE": id, …} whose ids are the rows of the embedding
   table; Marian's vocab.yml has a line PIECE: id for each (yaml_vocab.h). They need not be those of the
   .spm file, so pieces are looked up as strings. Firefox's models have no such file: there the .spm's
   own ids are the rows. */
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

/* Reads vocab.json for a model of n rows: each id below n once. Some may be missing until
   vocab_complete. Everything lies in the arena. */
bool vocab_load(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err);

/* Once all pieces are there: the last ids may have none, as where embeddings were resized to a round
   number; they stand for <unk> then. False if another id has none, or more than 1024. */
bool vocab_complete(Vocab *vocab, const char *path, Error *err);

/* For readers of other formats: an empty vocabulary of n rows; then every piece and its id, below n.
   Errors name `path`. */
bool vocab_alloc(Vocab *vocab, size_t n, Arena *arena, Error *err);
bool vocab_add(Vocab *vocab, const char *path, const char *piece, long long id, Arena *arena,
               Error *err);

/* Makes a vocabulary of the pieces of a .spm file, in a model of n rows. Errors name `path`; the
   strings stay those of `pieces`. */
bool vocab_from_pieces(const char *path, const SentencePiece *pieces, size_t n, Vocab *vocab,
                       Arena *arena, Error *err);

/* The id of a piece of `length` bytes, or -1. */
int vocab_find(const Vocab *vocab, const char *piece, size_t length);

#endif
