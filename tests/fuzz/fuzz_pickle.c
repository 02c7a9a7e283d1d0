/* A pickle: what it makes can be walked, and memory stays in proportion. */
#include "fuzz.h"
#include "model/pickle.h"

/* Values may hold themselves: goes no deeper than that many. */
static size_t walk(const PickleValue *value, int depth) {
    size_t n = 1;
    if (value->kind == PICKLE_TEXT) return n + strlen(value->as.text);
    if (value->kind < PICKLE_TUPLE || depth == 0) return n;
    require(value->kind <= PICKLE_PERSISTENT && *pickle_kind_name(value->kind));
    const PickleItems *items = value->as.items;
    require(value->kind != PICKLE_DICT || items->n % 2 == 0);
    require(value->kind != PICKLE_CALL || (items->n == 2 && items->at[1].kind == PICKLE_TUPLE));
    require(value->kind != PICKLE_PERSISTENT || items->n == 1);
    for (size_t i = 0; i < items->n; i++) n += walk(&items->at[i], depth - 1);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    Arena arena = {0};
    Error err = {0};
    PickleValue value;
    size_t n_read = 0;
    if (pickle_read("x.bin", bytes, n, &value, &n_read, &arena, &err))
        require(n_read <= n && bytes[n_read - 1] == '.' && walk(&value, 2));
    else
        require(strstr(err.text, "x.bin: "));
    arena_free(&arena);
    return 0;
}
