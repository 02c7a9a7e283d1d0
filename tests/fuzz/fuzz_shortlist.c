/* A shortlist for vocabularies of 4 and 20 pieces. The checksum would stop it at once, so it is set
   right before the file is read. */
#include "fuzz.h"
#include "model/shortlist.h"
#include "tiny_firefox.h"

enum { SOURCE = 4, TARGET = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const int source[] = {0, 1, 2, 3};
    char *copy = malloc(n + 1);
    require(copy);
    memcpy(copy, bytes, n);
    tiny_shortlist_mend(copy, n);
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
