/* sentencepiece_model.h: a unigram model in memory, for the files that load and use it

       .spm ─sentencepiece_file.c─> the pieces ─sentencepiece_index.c─> what is derived from them
       text ─sentencepiece.c─> pieces ─sentencepiece_decode.c─> text                          */
#ifndef XATTN_SENTENCEPIECE_MODEL_H
#define XATTN_SENTENCEPIECE_MODEL_H

#include <stdint.h>

#include "base/arena.h"
#include "base/file.h"
#include "text/normalizer.h"
#include "text/sentencepiece.h"
#include "text/trie.h"

/* The types of pieces, numbered as in the file. */
enum { NORMAL = 1, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE };

typedef struct {
    const char *text;  // NUL-terminated
    float score;
    uint16_t length;
    uint8_t type;  // NORMAL ... BYTE
} PieceInfo;

struct SentencePiece {
    MappedFile file;  // holds the charsmap and the unknown piece's surface
    Arena arena;
    PieceInfo *pieces;  // [n]
    int n;
    Trie trie;  // every piece by its text
    Normalizer normalizer;
    const char *unknown_surface;  // [unknown_surface_size]
    size_t unknown_surface_size;
    float unknown_score;
    int unknown;         // id
    int byte_ids[256];   // ids of <0x00> ... <0xFF>, -1 where there is none
    bool byte_fallback;  // then there are all of them
};

/* Derives from the pieces: the trie, the pieces that normalization keeps, the ids of bytes, the unknown
   piece and its score. Refuses pieces that contradict each other. */
bool sentencepiece_index(SentencePiece *sp, Error *err);

#endif
