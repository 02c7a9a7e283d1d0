/* sentencepiece.h: text to pieces and back, from a unigram .spm file (Kudo & Richardson 2018)

       text ─normalize─> ▁the▁cat▁sat ─Viterbi─> ▁the ▁cat ▁s at

   Every piece has a score, its log-probability under a unigram model (Kudo 2018, section 3.2). A
   segmentation's score is the sum of its pieces' scores. Encoding finds the best segmentation by
   dynamic programming over the positions j between the characters of the normalized text:

       best(0) = 0
       best(j) = max over pieces w that end at j of  best(j - |w|) + score(w)

   A character that is not a piece by itself may become the unknown piece, whose score is 10 below the
   worst score of a normal piece. User-defined pieces score 0.1 (|w| - 1), more than any normal piece.
   Sums are 32-bit floats, and the first of several equal sums wins, the one with the longest last
   piece; the result depends on both. Adjacent unknown characters become one piece, or, in a model with
   byte fallback, one piece for each byte (<0xE2>).

   The file is a protocol buffer, ModelProto of sentencepiece_model.proto; docs/MODEL.md lists the
   fields that xattn reads. The reference is the sentencepiece package 0.2.3, with the same pieces, ids
   and text on every input (scripts/parity/tokenizer.py). Earlier versions of the package sum in double
   precision and score user-defined pieces differently, which matters if two sums are almost equal.

   Refused: BPE, word and character models, white space as suffix, denormalization rules. */
#ifndef XATTN_SENTENCEPIECE_H
#define XATTN_SENTENCEPIECE_H

#include "base/buffer.h"

typedef struct SentencePiece SentencePiece;

/* A piece of an encoded text. An unknown piece keeps its text. */
typedef struct {
    const char *text;  // [length], not NUL-terminated
    size_t length;
    int id;  // in the .spm file; the model's vocabulary may have another
} Piece;

/* The result of sentencepiece_encode. Starts as {0}, and keeps its memory for the next text. */
typedef struct {
    Piece *items;
    int n, capacity;
    Buffer normalized;     // the text of unknown pieces lies here, of others in the model
    struct Arrival *best;  // [best_capacity] the best segmentation up to each position
    size_t best_capacity;
} PieceList;

/* Reads and checks the whole file. On success the caller frees *sp with sentencepiece_free, which
   accepts NULL. */
bool sentencepiece_load(const char *path, SentencePiece **sp, Error *err);
void sentencepiece_free(SentencePiece *sp);

int sentencepiece_size(const SentencePiece *sp);

/* The piece with this id, 0 <= id < size, NUL-terminated and without other NULs. */
const char *sentencepiece_piece(const SentencePiece *sp, int id);

/* Normalizes and segments text [n], which may be any bytes; invalid UTF-8 becomes U+FFFD. Replaces the
   contents of `pieces`, which are valid until the next call with the same list, and no longer than sp.
   Time and memory are linear in n. Fails only if memory runs out or n is near 2^31. */
bool sentencepiece_encode(const SentencePiece *sp, const char *text, size_t n, PieceList *pieces,
                          Error *err);
void piece_list_free(PieceList *pieces);

/* Appends the text of n pieces, given as strings: ▁ becomes a space (the first one is dropped), runs of
   byte pieces become characters, control pieces add nothing, the unknown piece becomes its surface from
   the file (" ⁇ "), and a string that is not a piece stays as it is. */
bool sentencepiece_decode(const SentencePiece *sp, const char *const *pieces, int n, Buffer *text,
                          Error *err);

#endif
