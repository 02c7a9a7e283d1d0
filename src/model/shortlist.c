#include "model/shortlist.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t magic = 0xF11A48D5013417F5u;
enum { HEADER_WORDS = 6, WORD = sizeof(uint64_t), HEADER_SIZE = HEADER_WORDS * WORD };

typedef struct {
    uint64_t magic, checksum, frequent, best, n_offsets, n_ids;
} Header;

/* The checksum of n words. */
static uint64_t hash_words(const unsigned char *words, size_t n) {
    uint64_t hash = 0, word;
    for (size_t i = 0; i < n; i++) {
        memcpy(&word, words + i * WORD, WORD);
        hash ^= word + 0x9e3779b9u + (hash << 6) + (hash >> 2);
    }
    return hash;
}

static bool check_header(const char *path, const Header *header, size_t size, size_t source_vocab,
                         size_t target_vocab, Error *err) {
    if (header->magic != magic)
        return error_set(err, "%s: not a shortlist: it begins with 0x%016llx", path,
                         (unsigned long long)header->magic);
    if (header->n_offsets != source_vocab + 1)
        return error_set(err, "%s: %llu offsets, a source vocabulary of %zu pieces needs %zu", path,
                         (unsigned long long)header->n_offsets, source_vocab, source_vocab + 1);
    if (header->frequent > target_vocab)
        return error_set(err, "%s: %llu frequent pieces, but the target vocabulary has %zu", path,
                         (unsigned long long)header->frequent, target_vocab);
    size_t left = size - HEADER_SIZE, offsets = (source_vocab + 1) * WORD;
    if (left < offsets || (left - offsets) % sizeof(uint32_t) ||
        header->n_ids != (left - offsets) / sizeof(uint32_t))
        return error_set(err, "%s: %zu bytes do not hold %llu offsets and %llu ids", path, size,
                         (unsigned long long)header->n_offsets, (unsigned long long)header->n_ids);
    return true;
}

/* Checks that the lists cover all ids without overlaps (a list may be empty), and that ids are target
   pieces. */
static bool check_lists(const char *path, const Shortlist *s, uint64_t n_ids, size_t target_vocab,
                        Error *err) {
    uint64_t end = 0;
    for (size_t w = 0; w < s->n_offsets; w++) {
        if (s->offsets[w] < end || s->offsets[w] > n_ids)
            return error_set(err, "%s: offset %zu is %llu, expected %llu to %llu", path, w,
                             (unsigned long long)s->offsets[w], (unsigned long long)end,
                             (unsigned long long)n_ids);
        end = s->offsets[w];
    }
    if (s->offsets[0] != 0 || end != n_ids)
        return error_set(err, "%s: the lists go from %llu to %llu, expected from 0 to %llu", path,
                         (unsigned long long)s->offsets[0], (unsigned long long)end,
                         (unsigned long long)n_ids);
    for (uint64_t i = 0; i < n_ids; i++)
        if (s->ids[i] >= target_vocab)
            return error_set(err, "%s: candidate %llu has the id %lu, the vocabulary ends at %zu",
                             path, (unsigned long long)i, (unsigned long)s->ids[i],
                             target_vocab - 1);
    return true;
}

bool shortlist_open(const char *path, size_t source_vocab, size_t target_vocab, bool shared,
                    Shortlist *s, Error *err) {
    *s = (Shortlist){.shared = shared};
    if (!file_map(path, &s->file, err)) return false;
    Header header;
    if (s->file.size < sizeof header)
        return error_set(err, "%s: %zu bytes, a shortlist has at least %zu", path, s->file.size,
                         sizeof header);
    memcpy(&header, s->file.data, sizeof header);
    if (!check_header(path, &header, s->file.size, source_vocab, target_vocab, err)) return false;
    uint64_t checksum = hash_words(s->file.data + 2 * WORD, (s->file.size - 2 * WORD) / WORD);
    if (checksum != header.checksum)
        return error_set(err, "%s: damaged: its checksum is %016llx, it says %016llx", path,
                         (unsigned long long)checksum, (unsigned long long)header.checksum);
    s->frequent = (size_t)header.frequent;
    s->n_offsets = source_vocab + 1;
    s->offsets = (const uint64_t *)(const void *)(s->file.data + HEADER_SIZE);
    s->ids = (const uint32_t *)(const void *)(s->offsets + s->n_offsets);
    return check_lists(path, s, header.n_ids, target_vocab, err);
}

void shortlist_close(Shortlist *shortlist) {
    file_unmap(&shortlist->file);
    *shortlist = (Shortlist){0};
}

static int by_value(const void *a, const void *b) {
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* Sorts n ids and removes duplicates. Returns the number of the others. */
static size_t sort_unique(int *ids, size_t n) {
    size_t kept = 0;
    qsort(ids, n, sizeof *ids, by_value);
    for (size_t i = 0; i < n; i++)
        if (!kept || ids[i] != ids[kept - 1]) ids[kept++] = ids[i];
    return kept;
}

const int *shortlist_candidates(const Shortlist *s, const int *source, size_t n, int eos,
                                size_t *n_ids, Arena *arena, Error *err) {
    size_t most = s->frequent + n + 1;
    for (size_t i = 0; i < n; i++)
        most += (size_t)(s->offsets[source[i] + 1] - s->offsets[source[i]]);
    int *ids = arena_array(arena, most, sizeof *ids, "a shortlist", err);
    if (!ids) return NULL;
    size_t end = 0;
    ids[end++] = eos;
    for (size_t id = 0; id < s->frequent; id++) ids[end++] = (int)id;
    for (size_t i = 0; i < n; i++) {
        if (s->shared) ids[end++] = source[i];
        for (uint64_t j = s->offsets[source[i]]; j < s->offsets[source[i] + 1]; j++)
            ids[end++] = (int)s->ids[j];
    }
    *n_ids = sort_unique(ids, end);
    return ids;
}
