/* fuzz_pieces.h: what holds for every text that a SentencePiece model cuts, whatever the model */
#ifndef XATTN_FUZZ_PIECES_H
#define XATTN_FUZZ_PIECES_H

#include "fuzz.h"
#include "text/sentencepiece.h"

/* The byte that a piece such as <0xE2> stands for, or -1. */
static inline int fuzz_byte_piece(const char *piece) {
    unsigned byte;
    char end;
    if (strncmp(piece, "<0x", 3) != 0) return -1;
    if (strlen(piece) != 6 || sscanf(piece, "<0x%2X%c", &byte, &end) != 2 || end != '>') return -1;
    return (int)byte;
}

/* Whether unknown characters become byte pieces: then the model has all 256 of them. */
static inline bool fuzz_falls_back(const SentencePiece *sp) {
    int n = 0;
    for (int id = 0; id < sentencepiece_size(sp); id++)
        n += fuzz_byte_piece(sentencepiece_piece(sp, id)) >= 0;
    return n == 256;
}

/* Cuts n bytes. The pieces side by side are the normalized text, each unknown one as it stands there,
   byte pieces as their bytes; together they are UTF-8 if the model's own strings are. */
static inline void fuzz_encode(const SentencePiece *sp, bool falls_back, const uint8_t *bytes,
                               size_t n, PieceList *list) {
    Error err = {0};
    size_t at = 0;
    require(sentencepiece_encode(sp, (const char *)bytes, n, list, &err));
    const Buffer *text = &list->normalized;
    for (int i = 0; i < list->n; i++) {
        const Piece *piece = &list->items[i];
        require(piece->id >= 0 && piece->id < sentencepiece_size(sp) && piece->length > 0);
        int byte = falls_back ? fuzz_byte_piece(piece->text) : -1;
        size_t length = byte < 0 ? piece->length : 1;
        require(length <= text->size - at);
        require(byte < 0 ? memcmp(text->data + at, piece->text, length) == 0
                         : byte == (unsigned char)text->data[at]);
        at += length;
    }
    require(at == text->size);
}

/* Puts the pieces together again. Appends to `text`. */
static inline void fuzz_decode(const SentencePiece *sp, const PieceList *list, Buffer *text) {
    Error err = {0};
    char **pieces = calloc((size_t)list->n + 1, sizeof *pieces);
    require(pieces);
    for (int i = 0; i < list->n; i++) {
        pieces[i] = calloc(list->items[i].length + 1, 1);
        require(pieces[i]);
        memcpy(pieces[i], list->items[i].text, list->items[i].length);
    }
    require(sentencepiece_decode(sp, (const char *const *)pieces, list->n, text, &err));
    for (int i = 0; i < list->n; i++) free(pieces[i]);
    free(pieces);
}

#endif
