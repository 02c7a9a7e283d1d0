/* sentencepiece_decode.c: from pieces to text */
#include <string.h>

#include "base/utf8.h"
#include "text/sentencepiece_model.h"
#include "text/spelling.h"

/* Moves the collected bytes to the text. A byte that belongs to no UTF-8 character becomes U+FFFD. */
static void flush_bytes(Buffer *bytes, Buffer *text) {
    for (size_t i = 0, size; i < bytes->size; i += size) {
        const char *at = bytes->data + i;
        bool good = utf8_character(at, bytes->size - i, &size) != UTF8_NONE;
        buffer_append(text, good ? at : UTF8_REPLACEMENT,
                      good ? size : sizeof UTF8_REPLACEMENT - 1);
    }
    buffer_clear(bytes);
}

/* Appends the unknown piece, or a string that is not a piece. */
static void append_unknown(const SentencePiece *sp, int id, const char *piece, Buffer *text) {
    if (id < 0)
        buffer_string(text, piece);
    else
        buffer_append(text, sp->unknown_surface, sp->unknown_surface_size);
}

static void decode_pieces(const SentencePiece *sp, const char *const *pieces, int n, Buffer *text,
                          Buffer *bytes) {
    const Normalizer *norm = &sp->normalizer;
    const size_t start = text->size, mark_size = sizeof SPACE_MARK - 1;
    bool drop_space = norm->add_dummy_prefix || norm->remove_extra_whitespaces;
    for (int i = 0; i < n; i++) {
        const char *piece = pieces[i];
        int id = trie_find(&sp->trie, piece, strlen(piece));
        int type = id < 0 ? UNKNOWN : sp->pieces[id].type;
        if (type == BYTE) {
            buffer_byte(bytes, (char)spelling_byte(piece));
            continue;
        }
        flush_bytes(bytes, text);
        if (text->size > start) drop_space = false;
        if (type == CONTROL) continue;
        if (type == UNKNOWN) {
            append_unknown(sp, id, piece, text);
            continue;
        }
        if (drop_space && strncmp(piece, SPACE_MARK, mark_size) == 0) {
            piece += mark_size;
            drop_space = norm->remove_extra_whitespaces;  // if so, all spaces before the first text
        }
        spelling_append(piece, text);
    }
    flush_bytes(bytes, text);
}

bool sentencepiece_decode(const SentencePiece *sp, const char *const *pieces, int n, Buffer *text,
                          Error *err) {
    Buffer bytes = {0};  // of a run of byte pieces
    decode_pieces(sp, pieces, n, text, &bytes);
    bool ok = buffer_ok(&bytes, "bytes to decode", err) && buffer_ok(text, "a decoded text", err);
    buffer_free(&bytes);
    return ok;
}
