/* sentencepiece_file.c: loading a model from its file, a protocol buffer */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text/protobuf.h"
#include "text/sentencepiece_model.h"

enum { UNIGRAM = 1, BPE, WORD, CHARACTER };  // model types

enum {
    MAX_PIECES = 1 << 20,
    MAX_PIECE_LENGTH = 8000,  // bytes; the package has the same limit
};

static const char UNKNOWN_SURFACE[] = " \xE2\x81\x87 ";  // ⁇ U+2047

static const char *text_of(const ProtobufReader *bytes) {
    return (const char *)bytes->file + bytes->at;
}
static size_t size_of(const ProtobufReader *bytes) { return bytes->end - bytes->at; }

/* Contents of the file on the way to a SentencePiece. */
typedef struct {
    ProtobufReader charsmap, denormalizer_charsmap;
    uint64_t model_type;
    bool space_as_suffix;
    size_t n_pieces;
    size_t room;  // bytes for all their texts, with NULs
    char *texts;  // [room]
} Draft;

/* Counts the pieces, and checks that the file's fields have the right wire type. */
static bool measure(ProtobufReader reader, Draft *draft, Error *err) {
    ProtobufField field;
    bool ok = true;
    while (ok && protobuf_next(&reader, &field, &ok, err)) {
        if (field.number > 5) continue;
        ok = protobuf_expect(&field, PROTOBUF_BYTES, "a part of the model", err);
        if (!ok || field.number != 1) continue;
        draft->n_pieces++;
        draft->room += size_of(&field.bytes) + 1;
    }
    if (ok && (!draft->n_pieces || draft->n_pieces > MAX_PIECES))
        return error_set(err, "%zu pieces, expected 1 to %d", draft->n_pieces, MAX_PIECES);
    return ok;
}

/* A piece as the file has it. */
typedef struct {
    ProtobufReader text;
    float score;
    uint64_t type;
} RawPiece;

/* SentencePiece: 1 piece, 2 score, 3 type. */
static bool parse_piece(ProtobufReader message, RawPiece *piece, Error *err) {
    ProtobufField field;
    bool ok = true;
    *piece = (RawPiece){{message.file, message.at, message.at}, 0, NORMAL};
    while (ok && protobuf_next(&message, &field, &ok, err)) {
        uint32_t bits = (uint32_t)field.value;
        switch (field.number) {
            case 1:
                ok = protobuf_expect(&field, PROTOBUF_BYTES, "a piece's text", err);
                piece->text = field.bytes;
                break;
            case 2:
                ok = protobuf_expect(&field, PROTOBUF_FIXED32, "a piece's score", err);
                memcpy(&piece->score, &bits, sizeof piece->score);
                break;
            case 3:
                ok = protobuf_expect(&field, PROTOBUF_VARINT, "a piece's type", err);
                piece->type = field.value;
                break;
            default:
                break;
        }
    }
    return ok;
}

static bool check_piece(const RawPiece *piece, Error *err) {
    size_t length = size_of(&piece->text);
    if (!length) return error_set(err, "it is empty");
    if (length >= MAX_PIECE_LENGTH)
        return error_set(err, "%zu bytes, expected fewer than %d", length, MAX_PIECE_LENGTH);
    if (memchr(text_of(&piece->text), '\0', length)) return error_set(err, "there is a NUL in it");
    if (!isfinite(piece->score)) return error_set(err, "its score is %f", (double)piece->score);
    if (piece->type < NORMAL || piece->type > BYTE)
        return error_set(err, "type %llu, expected 1 to 6", (unsigned long long)piece->type);
    return true;
}

/* Adds a piece, with a NUL after its text. */
static bool add_piece(SentencePiece *sp, Draft *draft, const ProtobufField *field, Error *err) {
    RawPiece raw;
    if (!parse_piece(field->bytes, &raw, err)) return false;
    if (!check_piece(&raw, err)) {
        char where[64];
        snprintf(where, sizeof where, "byte %zu: piece %d", field->offset, sp->n);
        return error_prefix(err, where);
    }
    size_t length = size_of(&raw.text);
    char *text = memcpy(draft->texts, text_of(&raw.text), length);
    sp->pieces[sp->n++] = (PieceInfo){text, raw.score, (uint16_t)length, (uint8_t)raw.type};
    draft->texts += length + 1;
    return true;
}

/* TrainerSpec: 3 model_type, 24 treat_whitespace_as_suffix, 35 byte_fallback, 44 unk_surface. */
static bool parse_trainer(SentencePiece *sp, Draft *draft, ProtobufReader message, Error *err) {
    ProtobufField field;
    bool ok = true;
    while (ok && protobuf_next(&message, &field, &ok, err)) {
        switch (field.number) {
            case 3:
                ok = protobuf_expect(&field, PROTOBUF_VARINT, "model_type", err);
                draft->model_type = field.value;
                break;
            case 24:
                ok = protobuf_bool(&field, &draft->space_as_suffix, err);
                break;
            case 35:
                ok = protobuf_bool(&field, &sp->byte_fallback, err);
                break;
            case 44:
                ok = protobuf_expect(&field, PROTOBUF_BYTES, "unk_surface", err);
                sp->unknown_surface = text_of(&field.bytes);
                sp->unknown_surface_size = size_of(&field.bytes);
                if (ok && sp->unknown_surface_size >= MAX_PIECE_LENGTH)
                    ok =
                        error_set(err, "byte %zu: unk_surface of %zu bytes, expected fewer than %d",
                                  field.offset, sp->unknown_surface_size, MAX_PIECE_LENGTH);
                break;
            default:
                break;
        }
    }
    return ok;
}

/* NormalizerSpec: 2 precompiled_charsmap, 3 add_dummy_prefix, 4 remove_extra_whitespaces,
   5 escape_whitespaces. */
static bool parse_normalizer(Normalizer *normalizer, ProtobufReader *charsmap,
                             ProtobufReader message, Error *err) {
    ProtobufField field;
    bool ok = true;
    while (ok && protobuf_next(&message, &field, &ok, err)) {
        switch (field.number) {
            case 2:
                ok = protobuf_expect(&field, PROTOBUF_BYTES, "the charsmap", err);
                *charsmap = field.bytes;
                break;
            case 3:
                ok = protobuf_bool(&field, &normalizer->add_dummy_prefix, err);
                break;
            case 4:
                ok = protobuf_bool(&field, &normalizer->remove_extra_whitespaces, err);
                break;
            case 5:
                ok = protobuf_bool(&field, &normalizer->escape_whitespaces, err);
                break;
            default:
                break;
        }
    }
    return ok;
}

/* ModelProto: 1 pieces, 2 trainer_spec, 3 normalizer_spec, 5 denormalizer_spec. */
static bool parse_model(SentencePiece *sp, Draft *draft, ProtobufReader reader, Error *err) {
    Normalizer denormalizer = {0};  // without rules, its flags have no effect
    ProtobufField field;
    bool ok = true;
    while (ok && protobuf_next(&reader, &field, &ok, err)) {
        const ProtobufReader message = field.bytes;
        switch (field.number) {
            case 1:
                ok = add_piece(sp, draft, &field, err);
                break;
            case 2:
                ok = parse_trainer(sp, draft, message, err);
                break;
            case 3:
                ok = parse_normalizer(&sp->normalizer, &draft->charsmap, message, err);
                break;
            case 5:
                ok = parse_normalizer(&denormalizer, &draft->denormalizer_charsmap, message, err);
                break;
            default:
                break;
        }
    }
    return ok;
}

static bool check_supported(const Draft *draft, Error *err) {
    static const char *const names[] = {"not a known one", "unigram", "BPE", "word", "character"};
    if (draft->model_type != UNIGRAM)
        return error_kind(err, XATTN_UNSUPPORTED,
                          "model type %llu (%s) is not supported, expected 1 (unigram)",
                          (unsigned long long)draft->model_type,
                          names[draft->model_type <= CHARACTER ? draft->model_type : 0]);
    if (draft->space_as_suffix)
        return error_kind(err, XATTN_UNSUPPORTED, "treat_whitespace_as_suffix is not supported");
    if (size_of(&draft->denormalizer_charsmap))
        return error_kind(err, XATTN_UNSUPPORTED, "denormalization rules are not supported");
    return true;
}

static bool set_charsmap(SentencePiece *sp, const ProtobufReader *charsmap, Error *err) {
    if (normalizer_set_charsmap(&sp->normalizer, charsmap->file + charsmap->at, size_of(charsmap),
                                err))
        return true;
    char where[64];
    snprintf(where, sizeof where, "byte %zu", charsmap->at);
    return error_prefix(err, where);
}

static bool read_model(SentencePiece *sp, Error *err) {
    const ProtobufReader whole = {sp->file.data, 0, sp->file.size}, nothing = {sp->file.data, 0, 0};
    Draft draft = {nothing, nothing, .model_type = UNIGRAM};
    sp->unknown_surface = UNKNOWN_SURFACE;
    sp->unknown_surface_size = sizeof UNKNOWN_SURFACE - 1;
    sp->normalizer.add_dummy_prefix = true;
    sp->normalizer.remove_extra_whitespaces = true;
    sp->normalizer.escape_whitespaces = true;
    if (!measure(whole, &draft, err)) return false;
    sp->pieces = arena_array(&sp->arena, draft.n_pieces, sizeof *sp->pieces, "the pieces", err);
    if (!sp->pieces) return false;
    draft.texts = arena_array(&sp->arena, draft.room, 1, "the pieces' texts", err);
    if (!draft.texts) return false;
    return parse_model(sp, &draft, whole, err) && check_supported(&draft, err) &&
           sentencepiece_index(sp, err) && set_charsmap(sp, &draft.charsmap, err);
}

bool sentencepiece_load(const char *path, SentencePiece **sp, Error *err) {
    *sp = calloc(1, sizeof **sp);
    if (!*sp) return error_memory(err, sizeof **sp, path);
    bool mapped = file_map(path, &(*sp)->file, err);
    if (mapped && read_model(*sp, err)) return true;
    sentencepiece_free(*sp);
    *sp = NULL;
    return mapped ? error_prefix(err, path) : false;  // file_map names the path itself
}

void sentencepiece_free(SentencePiece *sp) {
    if (!sp) return;
    arena_free(&sp->arena);
    file_unmap(&sp->file);
    free(sp);
}

int sentencepiece_size(const SentencePiece *sp) { return sp->n; }

const char *sentencepiece_piece(const SentencePiece *sp, int id) { return sp->pieces[id].text; }
