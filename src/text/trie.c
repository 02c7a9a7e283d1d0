#include "text/trie.h"

#include <string.h>

/* The edge in the root's slot keeps the slot taken: it has a NUL, which no key contains. A search for
   it would return the root, 0, which also means "no edge". */
enum { ROOT_EDGE = 1 << 8 };

/* Keys without common beginnings fill eight ninths of the slots. Even then a run of this many taken
   slots does not happen by chance: the probability of length L is about exp(-L/150) (Knuth, TAOCP 3,
   6.4). */
enum { MAX_PROBES = 4096 };

/* There are at most as many nodes as bytes, so some slots stay free and every probe ends. Pieces share
   their beginnings, so in practice two thirds of the slots are free, and probes are short. A larger
   table would only touch more memory, which takes most of the time of loading. */
bool trie_init(Trie *trie, size_t n_bytes, Arena *arena, Error *err) {
    if (n_bytes > TRIE_MAX_BYTES)
        return error_set(err, "%zu bytes of keys, at most %d", n_bytes, TRIE_MAX_BYTES);
    trie->n_slots = (uint32_t)(n_bytes + n_bytes / 8 + 2);
    trie->slots = arena_array(arena, trie->n_slots, sizeof *trie->slots, "a trie of pieces", err);
    if (!trie->slots) return false;
    // Already zero, but it is faster to write fresh pages in order than to read them first.
    memset(trie->slots, 0, trie->n_slots * sizeof *trie->slots);
    trie->slots[TRIE_ROOT].edge = ROOT_EDGE;
    return true;
}

/* The node that the byte leads to, added if it is new; 0 if no slot is free nearby. */
static uint32_t grow(Trie *trie, uint32_t node, char byte) {
    uint32_t edge = node << 8 | (unsigned char)byte, i = trie_hash(trie, edge), probes = 0;
    for (; trie->slots[i].edge && trie->slots[i].edge != edge; i = trie_after(trie, i))
        if (++probes == MAX_PROBES) return 0;
    trie->slots[i].edge = edge;
    return i;
}

bool trie_insert(Trie *trie, const char *key, size_t n, int value, int *before, Error *err) {
    uint32_t node = TRIE_ROOT;
    for (size_t i = 0; i < n; i++)
        if (!(node = grow(trie, node, key[i])))
            return error_set(err, "piece %d collides with %d others, more than happens by chance",
                             value, MAX_PROBES);
    *before = trie_value(trie, node);
    trie->slots[node].value1 = value + 1;
    return true;
}

int trie_find(const Trie *trie, const char *key, size_t n) {
    uint32_t node = TRIE_ROOT;
    if (!trie->slots) return -1;
    for (size_t i = 0; i < n; i++)
        if (!(node = trie_step(trie, node, key[i]))) return -1;
    return trie_value(trie, node);
}
