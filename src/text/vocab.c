#include "text/vocab.h"

#include <stdint.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "text/vocab_json.h"

/* FNV-1a */
static size_t hash(const char *text, size_t length) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) h = (h ^ (unsigned char)text[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32);
}

/* The table is at most half full, so a run of this many taken slots does not happen by chance: the
   probability of length L is about exp(-L/5) (Knuth, TAOCP 3, 6.4). */
enum { MAX_PROBES = 1000 };

/* The slot where the piece is or would be. NULL if it is not among the first MAX_PROBES: then the
   pieces were made to collide, and going on would take quadratic time. */
static int *slot_of(const Vocab *vocab, const char *piece, size_t length) {
    size_t mask = vocab->n_slots - 1, first = hash(piece, length);
    for (size_t probe = 0; probe < MAX_PROBES; probe++) {
        int *slot = &vocab->table[(first + probe) & mask];
        if (*slot < 0) return slot;
        const char *other = vocab->pieces[*slot];
        if (strlen(other) == length && memcmp(other, piece, length) == 0) return slot;
    }
    return NULL;
}

int vocab_find(const Vocab *vocab, const char *piece, size_t length) {
    const int *slot = slot_of(vocab, piece, length);
    return slot ? *slot : -1;
}

bool vocab_is_special(const char *piece) {
    return strcmp(piece, "</s>") == 0 || strcmp(piece, "<unk>") == 0 || strcmp(piece, "<pad>") == 0;
}

bool vocab_alloc(Vocab *vocab, size_t n, Arena *arena, Error *err) {
    *vocab = (Vocab){.n = n, .n_slots = 2};
    while (vocab->n_slots < 2 * n) vocab->n_slots *= 2;
    vocab->pieces = arena_array(arena, n, sizeof *vocab->pieces, "the vocabulary", err);
    vocab->table = arena_array(arena, vocab->n_slots, sizeof *vocab->table, "the vocabulary", err);
    if (!vocab->pieces || !vocab->table) return false;
    memset(vocab->table, -1, vocab->n_slots * sizeof *vocab->table);
    return true;
}

static bool refuse_collision(const char *path, const char *piece, Error *err) {
    return error_set(err, "%s: \"%s\" collides with %d pieces, more than happens by chance", path,
                     piece, MAX_PROBES);
}

bool vocab_add(Vocab *vocab, const char *path, const char *piece, long long id, Arena *arena,
               Error *err) {
    size_t length = strlen(piece);
    if (vocab->pieces[id])
        return error_set(err, "%s: \"%s\" and \"%s\" have the same id %lld", path,
                         vocab->pieces[id], piece, id);
    int *slot = slot_of(vocab, piece, length);
    if (!slot) return refuse_collision(path, piece, err);
    if (*slot >= 0) return error_set(err, "%s: \"%s\" occurs twice", path, piece);
    vocab->pieces[id] = arena_string(arena, piece, length, err);
    *slot = (int)id;
    return vocab->pieces[id] != NULL;
}

/* Any JSON. */
static bool load_object(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err) {
    if (!vocab_alloc(vocab, n, arena, err)) return false;
    cJSON *object = json_load_object(path, err);
    if (!object) return false;
    bool ok = true;
    const cJSON *entry;
    cJSON_ArrayForEach (entry, object) {
        long long id;
        ok = json_integer(entry, path, entry->string, 0, (long long)n - 1, &id, err) &&
             vocab_add(vocab, path, entry->string, id, arena, err);
        if (!ok) break;
    }
    cJSON_Delete(object);
    return ok;
}

bool vocab_load(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err) {
    MappedFile file;
    if (!vocab_alloc(vocab, n, arena, err) || !file_map(path, &file, err)) return false;
    bool is_read = vocab_json_read((const char *)file.data, file.size, vocab, arena);
    file_unmap(&file);
    return is_read || load_object(path, n, vocab, arena, err);
}

bool vocab_complete(Vocab *vocab, const char *path, Error *err) {
    enum { MOST_MISSING = 1024 };
    size_t n = vocab->n, found = 0, missing = 0;
    for (size_t id = 0; id < n; id++) found += vocab->pieces[id] != NULL;
    while (missing < n && !vocab->pieces[n - 1 - missing]) missing++;
    if (found + MOST_MISSING < n || !found)
        return error_set(err, "%s: %zu pieces, the model has embeddings for %zu", path, found, n);
    for (size_t id = 0; id < n - missing; id++)
        if (!vocab->pieces[id])
            return error_set(err, "%s: no piece has the id %zu, and one has %zu", path, id,
                             n - missing - 1);
    for (size_t id = n - missing; id < n; id++) vocab->pieces[id] = "<unk>";
    return true;
}

bool vocab_from_pieces(const char *path, const SentencePiece *pieces, size_t n, Vocab *vocab,
                       Arena *arena, Error *err) {
    size_t found = (size_t)sentencepiece_size(pieces);
    if (found != n)
        return error_set(err, "%s: %zu pieces, the model has embeddings for %zu", path, found, n);
    if (!vocab_alloc(vocab, n, arena, err)) return false;
    for (size_t id = 0; id < n; id++) {
        const char *piece = sentencepiece_piece(pieces, (int)id);
        int *slot = slot_of(vocab, piece, strlen(piece));
        if (!slot) return refuse_collision(path, piece, err);
        vocab->pieces[id] = piece;
        *slot = (int)id;
    }
    return true;
}
