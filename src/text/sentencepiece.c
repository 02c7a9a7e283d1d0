#include "text/sentencepiece.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/utf8.h"
#include "text/normalizer.h"
#include "text/protobuf.h"
#include "text/spelling.h"
#include "text/trie.h"

enum { NORMAL = 1, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE };  // piece types

enum { UNIGRAM = 1, BPE, WORD, CHARACTER };  // model types

enum {
    MAX_PIECES = 1 << 20,
    MAX_PIECE_LENGTH = 8000,  // bytes; the package has the same limit
};

static const float UNKNOWN_PENALTY = 10.0f;
static const char UNKNOWN_SURFACE[] = " \xE2\x81\x87 ";  // ⁇ U+2047
static const char SPACE_SYMBOL[] = "\xE2\x96\x81";       // ▁ U+2581

typedef struct {
    const char *text;  // NUL-terminated
    float score;
    uint16_t length;  // < MAX_PIECE_LENGTH
    uint8_t type;     // NORMAL ... BYTE
} PieceInfo;

struct SentencePiece {
    MappedFile file;  // the charsmap and the unknown surface are used where they lie
    Arena arena;
    PieceInfo *pieces;  // [n]
    int n;
    Trie trie;  // every piece by its text
    Normalizer normalizer;
    const char *unknown_surface;  // [unknown_surface_size]
    size_t unknown_surface_size;
    float unknown_score;
    int unknown;         // id
    int byte_ids[256];   // id of <0x00> ... <0xFF>, -1 where there is none
    bool byte_fallback;  // then all of them are there
};

/* ---- the file: a ModelProto ---- */

static const char *text_of(const ProtobufReader *bytes) {
    return (const char *)bytes->file + bytes->at;
}
static size_t size_of(const ProtobufReader *bytes) { return bytes->end - bytes->at; }

/* What the file says, on the way to a SentencePiece. */
typedef struct {
    ProtobufReader charsmap, denormalizer_charsmap;
    uint64_t model_type;
    bool space_as_suffix;
    size_t n_pieces, room;       // pieces in the file; bytes that surely hold their texts
    char *texts;                 // [room]
    size_t n_bytes, kept_bytes;  // bytes of all pieces, of the user-defined ones
} Draft;

/* Counts the pieces and checks that what must be a message is one. */
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

/* A piece as it stands in the file. */
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

/* Takes in the next piece. Its text moves to a place of its own, with a NUL behind it. */
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
    draft->n_bytes += length;
    if (raw.type == USER_DEFINED) draft->kept_bytes += length;
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
    Normalizer denormalizer = {0};  // whose flags mean nothing without rules
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

/* ---- what is derived from the pieces ---- */

static bool index_byte(SentencePiece *sp, int id, Error *err) {
    int byte = spelling_byte(sp->pieces[id].text);
    if (byte < 0)
        return error_set(err, "piece %d: byte piece \"%s\", expected <0x00> to <0xFF>", id,
                         sp->pieces[id].text);
    if (!sp->byte_fallback)
        return error_set(err, "piece %d: byte piece \"%s\" in a model without byte fallback", id,
                         sp->pieces[id].text);
    sp->byte_ids[byte] = id;
    return true;
}

static bool index_unknown(SentencePiece *sp, int id, Error *err) {
    if (sp->unknown >= 0) return error_set(err, "two unknown pieces, %d and %d", sp->unknown, id);
    sp->unknown = id;
    return true;
}

static bool index_piece(SentencePiece *sp, int id, Error *err) {
    PieceInfo *piece = &sp->pieces[id];
    int before;
    if (!trie_insert(&sp->trie, piece->text, piece->length, id, &before, err)) return false;
    if (before >= 0)
        return error_set(err, "pieces %d and %d are the same, \"%s\"", before, id, piece->text);
    switch (piece->type) {
        case UNKNOWN:
            return index_unknown(sp, id, err);
        case BYTE:
            return index_byte(sp, id, err);
        case USER_DEFINED:
            piece->score = (float)(0.1 * (double)(piece->length - 1));
            return trie_insert(&sp->normalizer.kept, piece->text, piece->length, id, &before, err);
        case NORMAL:
            sp->unknown_score = fminf(sp->unknown_score, piece->score);
            return true;
        default:
            return true;
    }
}

static bool index_pieces(SentencePiece *sp, const Draft *draft, Error *err) {
    if (!trie_init(&sp->trie, draft->n_bytes, &sp->arena, err)) return false;
    if (draft->kept_bytes && !trie_init(&sp->normalizer.kept, draft->kept_bytes, &sp->arena, err))
        return false;
    memset(sp->byte_ids, -1, sizeof sp->byte_ids);
    sp->unknown = -1;
    sp->unknown_score = FLT_MAX;
    for (int id = 0; id < sp->n; id++)
        if (!index_piece(sp, id, err)) return false;
    sp->unknown_score -= UNKNOWN_PENALTY;
    if (sp->unknown < 0) return error_set(err, "no unknown piece");
    for (int byte = 0; sp->byte_fallback && byte < 256; byte++)
        if (sp->byte_ids[byte] < 0)
            return error_set(err, "byte fallback without a piece <0x%02X>", (unsigned)byte);
    return true;
}

/* ---- load and free ---- */

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
           index_pieces(sp, &draft, err) && set_charsmap(sp, &draft.charsmap, err);
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

/* ---- encode ---- */

/* The best segmentation of the text up to one position. */
struct Arrival {
    float score;
    int id;    // of its last piece
    int from;  // where that piece starts; -1 while nothing arrived here
};

static void arrive(struct Arrival *best, size_t from, int id, float score) {
    if (best->from < 0 || score > best->score) *best = (struct Arrival){score, id, (int)from};
}

/* Bytes of the character that starts here, judged by its first byte. */
static size_t character_length(const char *text, size_t n) {
    unsigned char lead = (unsigned char)*text;
    size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return length < n ? length : n;
}

/* Floats near a large number are far apart. Only differences count, so on a long text the sums
   start again from 0 at position `at`, whose successors up to `reached` have arrivals already. */
static void restart_sums(struct Arrival *best, size_t at, size_t reached) {
    float origin = best[at].score;
    if (fabsf(origin) <= 100000.0f) return;
    for (size_t i = at; i <= reached; i++) best[i].score -= origin;
}

/* Offers every piece that starts at position `at`, shortest first, and the unknown piece if none of
   them is exactly the character there. Returns the farthest position offered to. */
static size_t extend(const SentencePiece *sp, const char *text, size_t n, size_t at, size_t length,
                     struct Arrival *best) {
    float so_far = best[at].score;
    bool covered = false;
    size_t reached = at + length;
    uint32_t node = TRIE_ROOT;
    for (size_t end = at; end < n && (node = trie_step(&sp->trie, node, text[end]));) {
        int id = trie_value(&sp->trie, node);
        end++;
        if (id < 0) continue;
        const PieceInfo *piece = &sp->pieces[id];
        if (piece->type != NORMAL && piece->type != USER_DEFINED) continue;
        arrive(&best[end], at, id, so_far + piece->score);
        if (end == at + length) covered = true;
        if (end > reached) reached = end;
    }
    if (!covered) arrive(&best[at + length], at, sp->unknown, so_far + sp->unknown_score);
    return reached;
}

/* Fills best[0 ... n]. Pieces start only where characters do. */
static void find_best(const SentencePiece *sp, const char *text, size_t n, struct Arrival *best) {
    size_t reached = 0, length;
    for (size_t i = 0; i <= n; i++) best[i] = (struct Arrival){0, 0, -1};
    for (size_t at = 0; at < n; at += length) {
        length = character_length(text + at, n - at);
        restart_sums(best, at, reached);
        size_t end = extend(sp, text, n, at, length, best);
        if (end > reached) reached = end;
    }
}

static bool add_item(PieceList *pieces, Piece piece, Error *err) {
    if (!pieces->items || pieces->n == pieces->capacity) {
        if (pieces->capacity > INT_MAX / 2) return error_set(err, "more than %d pieces", INT_MAX);
        int wanted = pieces->capacity ? 2 * pieces->capacity : 32;
        size_t n_bytes = (size_t)wanted * sizeof *pieces->items;
        Piece *items = realloc(pieces->items, n_bytes);
        if (!items) return error_memory(err, n_bytes, "the pieces of a text");
        pieces->items = items;
        pieces->capacity = wanted;
    }
    pieces->items[pieces->n++] = piece;
    return true;
}

static bool add_known(const SentencePiece *sp, PieceList *pieces, int id, Error *err) {
    return add_item(pieces, (Piece){sp->pieces[id].text, sp->pieces[id].length, id}, err);
}

/* The n bytes at text are an unknown character. */
static bool add_unknown(const SentencePiece *sp, PieceList *pieces, const char *text, size_t n,
                        Error *err) {
    Piece *last = pieces->n ? &pieces->items[pieces->n - 1] : NULL;
    for (size_t i = 0; sp->byte_fallback && i < n; i++)
        if (!add_known(sp, pieces, sp->byte_ids[(unsigned char)text[i]], err)) return false;
    if (sp->byte_fallback) return true;
    if (!last || last->id != sp->unknown)
        return add_item(pieces, (Piece){text, n, sp->unknown}, err);
    last->length += n;
    return true;
}

/* Lists the pieces of the best segmentation of all n bytes. It is known from its end: the way back
   turns every `from` into the end of the piece that follows, the way forth lists the pieces. */
static bool list_pieces(const SentencePiece *sp, const char *text, size_t n, PieceList *pieces,
                        Error *err) {
    struct Arrival *best = pieces->best;
    int next = 0;
    for (int end = (int)n, from; end > 0; end = from) {
        from = best[end].from;
        best[end].from = next;
        next = end;
    }
    for (int at = 0; next; at = next, next = best[at].from) {
        int id = best[next].id;
        if (!(id == sp->unknown ? add_unknown(sp, pieces, text + at, (size_t)(next - at), err)
                                : add_known(sp, pieces, id, err)))
            return false;
    }
    return true;
}

static bool reserve_best(PieceList *pieces, size_t n, Error *err) {
    if (n <= pieces->best_capacity) return true;
    size_t wanted = n + n / 2, n_bytes = wanted * sizeof *pieces->best;
    if (n > INT_MAX || wanted > SIZE_MAX / sizeof *pieces->best)
        return error_set(err, "a text of %zu bytes, at most %d", n - 1, INT_MAX - 1);
    struct Arrival *best = realloc(pieces->best, n_bytes);
    if (!best) return error_memory(err, n_bytes, "the segmentation of a text");
    pieces->best = best;
    pieces->best_capacity = wanted;
    return true;
}

bool sentencepiece_encode(const SentencePiece *sp, const char *text, size_t n, PieceList *pieces,
                          Error *err) {
    pieces->n = 0;
    if (!normalizer_run(&sp->normalizer, text, n, &pieces->normalized, err)) return false;
    size_t size = pieces->normalized.size;
    if (!reserve_best(pieces, size + 1, err)) return false;
    find_best(sp, pieces->normalized.data, size, pieces->best);
    return list_pieces(sp, pieces->normalized.data, size, pieces, err);
}

void piece_list_free(PieceList *pieces) {
    free(pieces->items);
    free(pieces->best);
    buffer_free(&pieces->normalized);
    *pieces = (PieceList){0};
}

/* ---- decode ---- */

/* Moves collected bytes to the text as UTF-8: each that belongs to no character becomes U+FFFD. */
static void flush_bytes(Buffer *bytes, Buffer *text) {
    for (size_t i = 0, size; i < bytes->size; i += size) {
        const char *at = bytes->data + i;
        bool good = utf8_character(at, bytes->size - i, &size) != UTF8_NONE;
        buffer_append(text, good ? at : UTF8_REPLACEMENT,
                      good ? size : sizeof UTF8_REPLACEMENT - 1);
    }
    bytes->size = 0;  // buffer_clear would forget that memory ran out
}

static void append_visible(Buffer *text, const char *piece) {
    for (const char *symbol; (symbol = strstr(piece, SPACE_SYMBOL));) {
        buffer_append(text, piece, (size_t)(symbol - piece));
        buffer_byte(text, ' ');
        piece = symbol + sizeof SPACE_SYMBOL - 1;
    }
    buffer_string(text, piece);
}

/* The string of the unknown piece itself, or one that is no piece at all. */
static void append_unknown(const SentencePiece *sp, int id, const char *piece, Buffer *text) {
    if (id < 0)
        buffer_string(text, piece);
    else
        buffer_append(text, sp->unknown_surface, sp->unknown_surface_size);
}

static void decode_pieces(const SentencePiece *sp, const char *const *pieces, int n, Buffer *text,
                          Buffer *bytes) {
    const Normalizer *norm = &sp->normalizer;
    const size_t start = text->size, symbol_size = sizeof SPACE_SYMBOL - 1;
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
        if (drop_space && strncmp(piece, SPACE_SYMBOL, symbol_size) == 0) {
            piece += symbol_size;
            drop_space = norm->remove_extra_whitespaces;  // then all of them, until there is text
        }
        append_visible(text, piece);
    }
    flush_bytes(bytes, text);
}

bool sentencepiece_decode(const SentencePiece *sp, const char *const *pieces, int n, Buffer *text,
                          Error *err) {
    Buffer bytes = {0};  // of byte pieces in a row
    decode_pieces(sp, pieces, n, text, &bytes);
    bool ok = buffer_ok(&bytes, "bytes to decode", err) && buffer_ok(text, "a decoded text", err);
    buffer_free(&bytes);
    return ok;
}
