/* sentencepiece.h: text to pieces and back, from a unigram .spm file (Kudo & Richardson 2018)

       text ─normalize─> ▁the▁cat▁sat ─Viterbi─> ▁the ▁cat ▁s at

   Every piece has a score, its log-probability under a unigram model (Kudo 2018, section 3.2). A
   segmentation's score is the sum of its pieces' scores, and encoding finds the largest by dynamic
   programming over the positions j of the normalized text, where it may be cut into characters:

       best(0) = 0
       best(j) = max over pieces w that end at j of  best(j - |w|) + score(w)

   A character that no piece of its own covers may be the unknown piece, 10 below the worst score of
   a normal piece. User-defined pieces score 0.1 (|w| - 1), more than any normal piece. Sums are
   32-bit floats, and of equal sums the first found stays, which is the longest last piece: the
   result depends on both. Unknown characters side by side become one piece; in a model with byte
   fallback they become one piece a byte (<0xE2>).

   The file is a protocol buffer, ModelProto of sentencepiece_model.proto; docs/MODEL.md lists the
   fields that are read. The judge is the sentencepiece package 0.2.3: equal pieces, ids and text on
   every input (scripts/parity/tokenizer.py). Earlier versions sum in double precision and score
   user-defined pieces otherwise, which can show where sums are all but equal.

   Refused by name: BPE, word and character models, white space as suffix, denormalization rules. */
#ifndef XATTN_SENTENCEPIECE_H
#define XATTN_SENTENCEPIECE_H

#include "base/buffer.h"

typedef struct SentencePiece SentencePiece;

/* One piece of an encoded text. An unknown keeps the text that it stands for. */
typedef struct {
    const char *text;  // [length], NUL-terminated only by chance
    size_t length;
    int id;  // in the .spm file, which need not be the model's vocabulary
} Piece;

/* What sentencepiece_encode fills. Starts as {0}; used again and again, it keeps its memory. */
typedef struct {
    Piece *items;
    int n, capacity;
    Buffer normalized;     // unknown pieces point into it, the others into the model
    struct Arrival *best;  // [best_capacity], the best segmentations up to each position
    size_t best_capacity;
} PieceList;

/* Reads and checks the whole file. On success *sp is the caller's, to free with
   sentencepiece_free, which accepts NULL. */
bool sentencepiece_load(const char *path, SentencePiece **sp, Error *err);
void sentencepiece_free(SentencePiece *sp);

int sentencepiece_size(const SentencePiece *sp);

/* The piece with this id, 0 <= id < size, NUL-terminated and without other NULs. */
const char *sentencepiece_piece(const SentencePiece *sp, int id);

/* Normalizes and segments n bytes of any kind; invalid UTF-8 becomes U+FFFD. Replaces what `pieces`
   held. The pieces stay valid until the next encode into the same list, and no longer than sp.
   Time and memory are linear in n. Fails only if memory runs out or n is near 2^31. */
bool sentencepiece_encode(const SentencePiece *sp, const char *text, size_t n, PieceList *pieces,
                          Error *err);
void piece_list_free(PieceList *pieces);

/* Appends to `text` what n pieces, given by their strings, say: ▁ becomes a space (the first one is
   dropped), runs of byte pieces become characters, control pieces nothing, the unknown piece its
   surface from the file (" ⁇ "), and a string that the model does not know stands for itself. */
bool sentencepiece_decode(const SentencePiece *sp, const char *const *pieces, int n, Buffer *text,
                          Error *err);

#endif
