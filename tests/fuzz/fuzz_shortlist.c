/* A shortlist for vocabularies of 4 and 20 pieces. The checksum would stop it at once, so it is set
   right before the file is read. */
#include "fuzz.h"
#include "model/shortlist.h"

enum { SOURCE = 4, TARGET = 20, WORD = 8 };

static void mend_checksum(uint8_t *bytes, size_t n) {
    uint64_t hash = 0, word;
    for (size_t at = 2 * WORD; at + WORD <= n; at += WORD) {
        memcpy(&word, bytes + at, WORD);
        hash ^= word + 0x9e3779b9U + (hash << 6) + (hash >> 2);
    }
    if (n >= 2 * WORD) memcpy(bytes + WORD, &hash, WORD);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const int source[] = {0, 1, 2, 3};
    uint8_t *copy = malloc(n + 1);
    require(copy);
    memcpy(copy, bytes, n);
    mend_checksum(copy, n);
    const char *path = fuzz_write("lex.bin", copy, n);
    free(copy);
    Error err = {0};
    Arena arena = {0};
    Shortlist s;
    size_t n_ids;
    if (shortlist_open(path, SOURCE, TARGET, true, &s, &err)) {
        const int *ids = shortlist_candidates(&s, source, 4, 0, &n_ids, &arena, &err);
        require(ids);
        for (size_t i = 0; i < n_ids; i++)
            require(ids[i] >= 0 && ids[i] < TARGET && (!i || ids[i] > ids[i - 1]));
    } else {
        require(strstr(err.text, path));
    }
    shortlist_close(&s);
    arena_free(&arena);
    return 0;
}
