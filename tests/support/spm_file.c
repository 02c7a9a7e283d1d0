#include "spm_file.h"

#include <stdio.h>
#include <string.h>

static void put_varint(Buffer *file, uint64_t n) {
    for (; n > 127; n >>= 7) buffer_byte(file, (char)(n | 128));
    buffer_byte(file, (char)n);
}

void spm_file_bytes(Buffer *file, unsigned number, const void *bytes, size_t n) {
    put_varint(file, number << 3 | 2);
    put_varint(file, n);
    buffer_append(file, bytes, n);
}

void spm_file_piece(Buffer *file, const char *text, size_t n, float score, int type) {
    Buffer piece = {0};
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    spm_file_bytes(&piece, 1, text, n);
    buffer_byte(&piece, 2 << 3 | 5);
    for (int i = 0; i < 4; i++) buffer_byte(&piece, (char)(bits >> 8 * i));
    buffer_byte(&piece, 3 << 3 | 0);
    put_varint(&piece, (uint64_t)type);
    spm_file_bytes(file, 1, piece.data, piece.size);
    buffer_free(&piece);
}

void spm_file_pieces(Buffer *file, const SpmRow *rows) {
    for (; rows->text; rows++)
        spm_file_piece(file, rows->text, strlen(rows->text), rows->score, rows->type);
}

void spm_file_byte_pieces(Buffer *file) {
    for (int i = 0; i < 256; i++) {
        char text[8];
        snprintf(text, sizeof text, "<0x%02X>", (unsigned)i);
        spm_file_piece(file, text, strlen(text), 0, SPM_BYTE);
    }
    spm_file_bytes(file, 2, "\x98\x02\x01", 3);  // TrainerSpec: byte_fallback
}

void spm_file_charsmap(Buffer *file, uint32_t trie_size, size_t unit, uint32_t value,
                       const char *replacements, size_t n) {
    Buffer charsmap = {0}, spec = {0};
    for (int i = 0; i < 4; i++) buffer_byte(&charsmap, (char)(trie_size >> 8 * i));
    for (size_t i = 0; i < SPM_UNITS; i++) {
        uint32_t u = i == SPM_ROOT ? 1u << 10 : i == SPM_CHILD ? 2u << 10 | 1u << 8 | 'A' : 0;
        if (i == SPM_LEAF) u = 1u << 31;
        if (i == unit) u = value;
        for (int k = 0; k < 4; k++) buffer_byte(&charsmap, (char)(u >> 8 * k));
    }
    buffer_append(&charsmap, replacements, n);
    spm_file_bytes(&spec, 2, charsmap.data, charsmap.size);
    spm_file_bytes(file, 3, spec.data, spec.size);
    buffer_free(&charsmap);
    buffer_free(&spec);
}
