/* source.spm with one thing wrong, and the program's refusal. Other damage, every byte of a file
   altered in turn, is in tests/text/test_sentencepiece.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "hostile.h"
#include "spm_file.h"
#include "tiny_model.h"

#define BYTES_OF(literal) literal, sizeof(literal) - 1

/* The directory of a sound model with this in the place of its source.spm, or target.spm. */
static void refused(const Buffer *file, const char *name, const char *message) {
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    tiny_file_write(directory, name, file->data ? file->data : "", file->size);
    hostile_refused(directory, name, message);
    tiny_model_remove(directory);
}

/* ---- two good pieces, <unk> and a, in 28 bytes; then these bytes of a ModelProto ---- */

static const SpmRow start[] = {{"<unk>", 0, SPM_UNKNOWN}, {"a", -1, SPM_NORMAL}, {NULL, 0, 0}};

typedef struct {
    const char *name, *bytes;
    size_t n;
    const char *message;
} Ending;

static const Ending endings[] = {
    // the wire format
    {"truncated varint of a length", BYTES_OF("\x0A"), "truncated varint"},
    {"truncated varint of two bytes", BYTES_OF("\x0A\xFF\xFF"), "byte 29: truncated varint"},
    {"varint of 11 bytes", BYTES_OF("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
     "more than 10 bytes"},
    {"length past the end",
     BYTES_OF("\x0A\x05"
              "abc"),
     "length 5 runs past the end, 3 bytes are left"},
    {"length 2^64 - 1", BYTES_OF("\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"),
     "length 18446744073709551615"},
    {"length past the end of its message",
     BYTES_OF("\x0A\x03\x0A\x05"
              "b"),
     "length 5 runs past the end, 1 bytes are left"},
    {"a group, which nobody writes", BYTES_OF("\x0B"), "wire type 3 is not supported"},
    {"field number 0", BYTES_OF("\x02\x00"), "field number 0"},
    {"a piece that is a number", BYTES_OF("\x08\x01"),
     "a part of the model has wire type 0, expected 2"},
    {"4 bytes cut to 1", BYTES_OF("\x55\x01"), "1 bytes left, a number needs 4"},
    {"8 bytes cut to 2", BYTES_OF("\x51\x01\x02"), "2 bytes left, a number needs 8"},
    // pieces
    {"piece without fields", BYTES_OF("\x0A\x00"), "piece 2: it is empty"},
    {"piece empty", BYTES_OF("\x0A\x02\x0A\x00"), "piece 2: it is empty"},
    {"NUL in a piece",
     BYTES_OF("\x0A\x05\x0A\x03"
              "b\0c"),
     "piece 2: there is a NUL in it"},
    {"NaN score",
     BYTES_OF("\x0A\x08\x0A\x01"
              "b\x15\x00\x00\xC0\x7F"),
     "piece 2: its score is nan"},
    {"infinite score",
     BYTES_OF("\x0A\x08\x0A\x01"
              "b\x15\x00\x00\x80\xFF"),
     "piece 2: its score is -inf"},
    {"two pieces of one text",
     BYTES_OF("\x0A\x03\x0A\x01"
              "a"),
     "pieces 1 and 2 are the same, \"a\""},
    {"two unknown pieces",
     BYTES_OF("\x0A\x05\x0A\x01"
              "b\x18\x02"),
     "two unknown pieces, 0 and 2"},
    {"piece type 7",
     BYTES_OF("\x0A\x05\x0A\x01"
              "b\x18\x07"),
     "piece 2: type 7, expected 1 to 6"},
    {"piece type 0",
     BYTES_OF("\x0A\x05\x0A\x01"
              "b\x18\x00"),
     "piece 2: type 0, expected 1 to 6"},
    {"piece text a number", BYTES_OF("\x0A\x02\x08\x01"),
     "a piece's text has wire type 0, expected 2"},
    {"piece score a varint",
     BYTES_OF("\x0A\x05\x0A\x01"
              "b\x10\x01"),
     "a piece's score has wire type 0, expected 5"},
    {"byte piece without byte fallback", BYTES_OF("\x0A\x0A\x0A\x06<0x41>\x18\x06"),
     "\"<0x41>\" in a model without byte fallback"},
    {"byte piece of no number", BYTES_OF("\x0A\x0A\x0A\x06<0x4g>\x18\x06\x12\x03\x98\x02\x01"),
     "expected <0x00> to <0xFF>"},
    {"byte piece in lower case", BYTES_OF("\x0A\x0A\x0A\x06<0xaa>\x18\x06\x12\x03\x98\x02\x01"),
     "expected <0x00> to <0xFF>"},
    {"byte fallback without byte pieces", BYTES_OF("\x12\x03\x98\x02\x01"),
     "byte fallback without a piece <0x00>"},
    // what is not supported
    {"BPE", BYTES_OF("\x12\x02\x18\x02"), "model type 2 (BPE) is not supported"},
    {"word model", BYTES_OF("\x12\x02\x18\x03"), "model type 3 (word) is not supported"},
    {"character model", BYTES_OF("\x12\x02\x18\x04"), "model type 4 (character) is not supported"},
    {"model type 5", BYTES_OF("\x12\x02\x18\x05"),
     "model type 5 (not a known one) is not supported"},
    {"white space as suffix", BYTES_OF("\x12\x03\xC0\x01\x01"),
     "treat_whitespace_as_suffix is not supported"},
    {"denormalization rules", BYTES_OF("\x2A\x03\x12\x01x"),
     "denormalization rules are not supported"},
    // the charsmap; its own table is below
    {"charsmap of 2 bytes", BYTES_OF("\x1A\x04\x12\x02xy"),
     "byte 32: charsmap: 2 bytes, its header needs 4"},
    {"charsmap a number", BYTES_OF("\x1A\x02\x10\x01"), "the charsmap has wire type 0, expected 2"},
};

static void refused_ending(void **row) {
    const Ending *ending = *row;
    Buffer file = {0};
    spm_file_pieces(&file, start);
    buffer_append(&file, ending->bytes, ending->n);
    refused(&file, "source.spm", ending->message);
    buffer_free(&file);
}

/* ---- pieces as such ---- */

typedef struct {
    const char *name, *file;
    size_t length;  // of one piece more, of x; 0: none
    SpmRow rows[4];
    const char *message;
} Pieces;

static const Pieces pieces[] = {
    {"no piece at all", "source.spm", 0, {{NULL, 0, 0}}, "0 pieces, expected 1 to 1048576"},
    {"no unknown piece", "source.spm", 0, {{"a", -1, SPM_NORMAL}}, "no unknown piece"},
    {"no unknown piece on the target's side",
     "target.spm",
     0,
     {{"a", -1, SPM_NORMAL}},
     "no unknown"},
    {"a piece of 64 KiB and a byte",
     "source.spm",
     65537,
     {{"<unk>", 0, SPM_UNKNOWN}},
     "byte 16: piece 1: 65537 bytes, expected fewer than 8000"},
    {"a piece of 8,000 bytes",
     "source.spm",
     8000,
     {{"<unk>", 0, SPM_UNKNOWN}},
     "byte 16: piece 1: 8000 bytes, expected fewer than 8000"},
};

static void refused_pieces(void **row) {
    const Pieces *p = *row;
    Buffer file = {0};
    spm_file_pieces(&file, p->rows);
    char *text = malloc(p->length + 1);
    assert_non_null(text);
    memset(text, 'x', p->length);
    if (p->length) spm_file_piece(&file, text, p->length, -1, SPM_NORMAL);
    refused(&file, p->file, p->message);
    free(text);
    buffer_free(&file);
}

/* ---- the charsmap: see spm_file_charsmap ---- */

typedef struct {
    const char *name;
    uint32_t trie_size;
    size_t unit;
    uint32_t value;
    const char *replacements;
    size_t n;
    const char *message;
} Charsmap;

static const Charsmap charsmaps[] = {
    {"charsmap: trie longer than the charsmap", SPM_TRIE_SIZE + 3, SPM_UNITS, 0, BYTES_OF("bb\0"),
     "a trie of 1027 bytes and replacements in 1027 bytes"},
    {"charsmap: trie of 2^32 - 1 bytes", UINT32_MAX, SPM_UNITS, 0, BYTES_OF("bb\0"),
     "a trie of 4294967295 bytes and replacements in 1027 bytes"},
    {"charsmap: trie of 0 bytes", 0, SPM_UNITS, 0, BYTES_OF("bb\0"),
     "a trie of 0 bytes, expected a multiple of 1024"},
    {"charsmap: trie of no whole units", SPM_TRIE_SIZE - 3, SPM_UNITS, 0, BYTES_OF("bb\0"),
     "a trie of 1021 bytes, expected a multiple of 1024"},
    {"charsmap: trie of no whole block", SPM_TRIE_SIZE - 4, SPM_UNITS, 0, BYTES_OF("bb\0"),
     "a trie of 1020 bytes, expected a multiple of 1024"},
    {"charsmap: replacement without NUL", SPM_TRIE_SIZE, SPM_UNITS, 0, BYTES_OF("bb"),
     "the last replacement has no NUL"},
    {"charsmap: root leads past the end", SPM_TRIE_SIZE, SPM_ROOT, 256u << 10, BYTES_OF("bb\0"),
     "unit 0 leads to unit 256, there are 256"},
    {"charsmap: unit leads past the end", SPM_TRIE_SIZE, SPM_CHILD, 1u << 10 | 1u << 9 | 'A',
     BYTES_OF("bb\0"), "unit 64 leads to unit 320, there are 256"},
    {"charsmap: last unit leads past the end", SPM_TRIE_SIZE, 255, 0xFFFFFFu << 10 >> 1,
     BYTES_OF("bb\0"), "unit 255 leads to unit"},
    {"charsmap: unit without its leaf", SPM_TRIE_SIZE, SPM_CHILD, 3u << 10 | 1u << 8 | 'A',
     BYTES_OF("bb\0"), "unit 64: unit 67 should be its leaf"},
    {"charsmap: replacement past the end", SPM_TRIE_SIZE, SPM_LEAF, 1u << 31 | 3, BYTES_OF("bb\0"),
     "unit 66: replacement at 3, there are 3 bytes of them"},
    {"charsmap: replacement at 2^31 - 1", SPM_TRIE_SIZE, SPM_LEAF, UINT32_MAX, BYTES_OF("bb\0"),
     "unit 66: replacement at 2147483647"},
};

static void refused_charsmap(void **row) {
    const Charsmap *c = *row;
    Buffer file = {0};
    spm_file_pieces(&file, start);
    spm_file_charsmap(&file, c->trie_size, c->unit, c->value, c->replacements, c->n);
    refused(&file, "source.spm", c->message);
    buffer_free(&file);
}

/* ---- what may be long, and must not be: n bytes of x ---- */

typedef struct {
    const char *name;
    size_t n;
    const char *message;
} Long;

static const Long replacements[] = {
    {"charsmap: a replacement of 1,024 bytes", 1024,
     "charsmap: unit 66: a replacement of more than 1023 bytes"},
};

static void refused_replacement(void **row) {
    const Long *l = *row;
    Buffer file = {0};
    char *text = calloc(l->n + 1, 1);
    assert_non_null(text);
    memset(text, 'x', l->n);
    spm_file_pieces(&file, start);
    spm_file_charsmap(&file, SPM_TRIE_SIZE, SPM_UNITS, 0, text, l->n + 1);
    refused(&file, "source.spm", l->message);
    free(text);
    buffer_free(&file);
}

static const Long surfaces[] = {
    {"unk_surface of 8,000 bytes", 8000,
     "byte 31: unk_surface of 8000 bytes, expected fewer than 8000"},
};

static void refused_surface(void **row) {
    enum { UNK_SURFACE = 44, TRAINER = 2 };
    const Long *l = *row;
    Buffer file = {0}, trainer = {0};
    char *text = malloc(l->n);
    assert_non_null(text);
    memset(text, 'x', l->n);
    spm_file_pieces(&file, start);
    spm_file_bytes(&trainer, UNK_SURFACE, text, l->n);
    spm_file_bytes(&file, TRAINER, trainer.data, trainer.size);
    refused(&file, "source.spm", l->message);
    free(text);
    buffer_free(&trainer);
    buffer_free(&file);
}

int main(void) {
    const HostileTable tables[] = {
        HOSTILE_TABLE(refused_ending, endings),
        HOSTILE_TABLE(refused_pieces, pieces),
        HOSTILE_TABLE(refused_charsmap, charsmaps),
        HOSTILE_TABLE(refused_replacement, replacements),
        HOSTILE_TABLE(refused_surface, surfaces),
    };
    return hostile_run("SentencePiece models", tables, sizeof tables / sizeof tables[0]);
}
