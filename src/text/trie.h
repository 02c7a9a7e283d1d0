/* trie.h: which pieces start here? (Fredkin 1960, "Trie memory")

   A trie is a tree with a byte on every edge, and a key is a path from the root. One walk along a text
   therefore finds every key that starts at a position, in as many steps as the longest key has bytes:

       for (node = TRIE_ROOT; i < n && (node = trie_step(trie, node, text[i])); i++)
           if (trie_value(trie, node) >= 0) ...  // text up to and including i is a key

   All edges are in one hash table with linear probing. The hash key of an edge is (the node it leaves,
   its byte), and its slot is the number of the node it leads to. So nodes need no memory of their own,
   and building needs no sorting: 8,000 pieces take about a millisecond. Keys made to collide would take
   quadratic time, and are refused. */
#ifndef XATTN_TRIE_H
#define XATTN_TRIE_H

#include <stdint.h>

#include "base/arena.h"

enum { TRIE_ROOT = 0, TRIE_MAX_BYTES = 1 << 23 };

typedef struct {
    uint32_t edge;   // the node it leaves << 8 | byte; 0: a free slot (keys have no NUL)
    int32_t value1;  // 1 + the value of the key that ends here; 0 if none does
} TrieSlot;

/* {0} is an empty trie. */
typedef struct {
    TrieSlot *slots;  // [n_slots], in the arena; NULL in an empty trie
    uint32_t n_slots;
} Trie;

/* Makes room for keys of n_bytes in total, at most TRIE_MAX_BYTES. */
bool trie_init(Trie *trie, size_t n_bytes, Arena *arena, Error *err);

/* Adds key [n], without NUL, with a value >= 0. All keys together must fit the room made by trie_init.
   *before is the key's earlier value, or -1 if it is new. False, with an error, for keys made to
   collide. */
bool trie_insert(Trie *trie, const char *key, size_t n, int value, int *before, Error *err);

/* The value of the key [n], or -1. */
int trie_find(const Trie *trie, const char *key, size_t n);

/* The first slot to try for an edge: its product with 2^32 / golden ratio (Knuth, TAOCP 3, 6.4), scaled
   from 0 ... 2^32 - 1 to 0 ... n_slots - 1. */
static inline uint32_t trie_hash(const Trie *trie, uint32_t edge) {
    return (uint32_t)((uint64_t)(edge * 2654435769u) * trie->n_slots >> 32);
}

static inline uint32_t trie_after(const Trie *trie, uint32_t i) {
    return i + 1 < trie->n_slots ? i + 1 : 0;
}

/* The node that the byte leads to, or 0 if no key continues with it. The trie must not be empty. */
static inline uint32_t trie_step(const Trie *trie, uint32_t node, char byte) {
    uint32_t edge = node << 8 | (unsigned char)byte;
    for (uint32_t i = trie_hash(trie, edge); trie->slots[i].edge; i = trie_after(trie, i))
        if (trie->slots[i].edge == edge) return i;
    return 0;
}

/* The value of the key that ends at the node, or -1. */
static inline int trie_value(const Trie *trie, uint32_t node) {
    return trie->slots[node].value1 - 1;
}

#endif
