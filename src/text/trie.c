#include "text/trie.h"

#include <string.h>

/* What the root's slot holds, so that no edge moves in: one with a NUL, which no key contains. Who
   looks for it finds the root, 0, which is also the answer for no edge at all. */
enum { ROOT_EDGE = 1 << 8 };

/* Keys that share nothing fill eight ninths of the slots; even then a run of so many taken ones is
   not to be expected (its length L has a probability of about exp(-L/150): Knuth, TAOCP 3, 6.4). */
enum { MAX_PROBES = 4096 };

/* There are at most as many nodes as bytes, so a slot is always free and every probe ends. Pieces
   share their beginnings: in practice two thirds of the slots are free, and probes are short. A
   larger table would only touch more memory, which is most of what loading costs. */
bool trie_init(Trie *trie, size_t n_bytes, Arena *arena, Error *err) {
    if (n_bytes > TRIE_MAX_BYTES)
        return error_set(err, "%zu bytes of keys, at most %d", n_bytes, TRIE_MAX_BYTES);
    trie->n_slots = (uint32_t)(n_bytes + n_bytes / 8 + 2);
    trie->slots = arena_array(arena, trie->n_slots, sizeof *trie->slots, "a trie of pieces", err);
    if (!trie->slots) return false;
    // Zero already, but fresh pages cost less written in order than read first and written later.
    memset(trie->slots, 0, trie->n_slots * sizeof *trie->slots);
    trie->slots[TRIE_ROOT].edge = ROOT_EDGE;
    return true;
}

/* The node that the byte leads to, made if it was not there; 0 if no slot is free nearby. */
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
            return error_set(err, "piece %d collides with %d others, more than chance would have",
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
