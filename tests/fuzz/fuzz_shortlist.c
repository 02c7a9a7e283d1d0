/* libFuzzer on a shortlist for vocabularies of 4 and 20 pieces. The checksum would stop it at once,
   so it is set right before the file is read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/shortlist.h"

enum { SOURCE = 4, TARGET = 20, WORD = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void mend_checksum(uint8_t *bytes, size_t n) {
    uint64_t hash = 0, word;
    for (size_t at = 2 * WORD; at + WORD <= n; at += WORD) {
        memcpy(&word, bytes + at, WORD);
        hash ^= word + 0x9e3779b9U + (hash << 6) + (hash >> 2);
    }
    if (n >= 2 * WORD) memcpy(bytes + WORD, &hash, WORD);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    char path[64];
    snprintf(path, sizeof path, "/tmp/xattn-fuzz-%ld.bin", (long)getpid());
    uint8_t *copy = malloc(n + 1);
    FILE *file = fopen(path, "wb");
    if (!file || !copy) abort();
    memcpy(copy, bytes, n);
    mend_checksum(copy, n);
    fwrite(copy, 1, n, file);
    fclose(file);
    free(copy);
    Error err = {0};
    Arena arena = {0};
    Shortlist s;
    static const int source[] = {0, 1, 2, 3};
    size_t n_ids;
    if (shortlist_open(path, SOURCE, TARGET, true, &s, &err)) {
        const int *ids = shortlist_candidates(&s, source, 4, 0, &n_ids, &arena, &err);
        for (size_t i = 0; ids && i < n_ids; i++)
            if (ids[i] < 0 || ids[i] >= TARGET || (i && ids[i] <= ids[i - 1])) abort();
    }
    shortlist_close(&s);
    arena_free(&arena);
    unlink(path);
    return 0;
}
