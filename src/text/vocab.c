#include "text/vocab.h"

#include <stdint.h>
#include <string.h>

#include "base/json.h"

/* FNV-1a */
static size_t hash(const char *text, size_t length) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

/* The slot where the piece is or would be. The table is at most half full, so there is one. */
static size_t slot_of(const Vocab *vocab, const char *piece, size_t length) {
    size_t mask = vocab->n_slots - 1, slot = hash(piece, length) & mask;
    while (vocab->table[slot] >= 0) {
        const char *other = vocab->pieces[vocab->table[slot]];
        if (strlen(other) == length && memcmp(other, piece, length) == 0) break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

int vocab_find(const Vocab *vocab, const char *piece, size_t length) {
    return vocab->table[slot_of(vocab, piece, length)];
}

static bool vocab_alloc(Vocab *vocab, size_t n, Arena *arena, Error *err) {
    *vocab = (Vocab){.n = n, .n_slots = 2};
    while (vocab->n_slots < 2 * n) vocab->n_slots *= 2;
    vocab->pieces = arena_array(arena, n, sizeof *vocab->pieces, "the vocabulary", err);
    vocab->table = arena_array(arena, vocab->n_slots, sizeof *vocab->table, "the vocabulary", err);
    if (!vocab->pieces || !vocab->table) return false;
    memset(vocab->table, -1, vocab->n_slots * sizeof *vocab->table);
    return true;
}

static bool vocab_add(Vocab *vocab, const char *path, const cJSON *entry, Arena *arena,
                      Error *err) {
    const char *piece = entry->string;
    size_t length = strlen(piece);
    long long id;
    if (!json_integer(entry, path, piece, 0, (long long)vocab->n - 1, &id, err)) return false;
    if (vocab->pieces[id])
        return error_set(err, "%s: \"%s\" and \"%s\" have the same id %lld", path,
                         vocab->pieces[id], piece, id);
    size_t slot = slot_of(vocab, piece, length);
    if (vocab->table[slot] >= 0) return error_set(err, "%s: \"%s\" occurs twice", path, piece);
    vocab->pieces[id] = arena_string(arena, piece, length, err);
    vocab->table[slot] = (int)id;
    return vocab->pieces[id] != NULL;
}

bool vocab_load(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err) {
    if (!vocab_alloc(vocab, n, arena, err)) return false;
    cJSON *object = json_load_object(path, err);
    if (!object) return false;
    bool ok = true;
    size_t found = 0;
    const cJSON *entry;
    cJSON_ArrayForEach (entry, object) {
        ok = vocab_add(vocab, path, entry, arena, err);
        if (!ok) break;
        found++;
    }
    cJSON_Delete(object);
    if (ok && found != n)
        ok = error_set(err, "%s: %zu pieces, the model has embeddings for %zu", path, found, n);
    return ok;
}

bool vocab_from_pieces(const char *path, const SentencePiece *pieces, size_t n, Vocab *vocab,
                       Arena *arena, Error *err) {
    size_t found = (size_t)sentencepiece_size(pieces);
    if (found != n)
        return error_set(err, "%s: %zu pieces, the model has embeddings for %zu", path, found, n);
    if (!vocab_alloc(vocab, n, arena, err)) return false;
    for (size_t id = 0; id < n; id++) {
        const char *piece = sentencepiece_piece(pieces, (int)id);
        vocab->pieces[id] = piece;
        vocab->table[slot_of(vocab, piece, strlen(piece))] = (int)id;
    }
    return true;
}
