/* trie.h: which pieces start here? (Fredkin 1960, "Trie memory")

   A trie is a tree with one byte on every edge; a key is the path from the root that spells it. One
   walk along a text therefore finds every key that starts at a position, in as many steps as the
   longest of them has bytes:

       for (node = TRIE_ROOT; i < n && (node = trie_step(trie, node, text[i])); i++)
           if (trie_value(trie, node) >= 0) ...  // text up to and including i is a key

   The edges live in one hash table with linear probing: an edge's hash key is (node it leaves, byte
   on it), and the slot it falls in is the number of the node it leads to. So nodes need no memory
   of their own, and building needs no sorting: 8,000 pieces take about a millisecond. Keys made up
   to fall into one place would take the square of their number, and are refused. */
#ifndef XATTN_TRIE_H
#define XATTN_TRIE_H

#include <stdint.h>

#include "base/arena.h"

enum { TRIE_ROOT = 0, TRIE_MAX_BYTES = 1 << 23 };

typedef struct {
    uint32_t edge;   // node it leaves << 8 | byte; 0 marks a free slot: no key contains a NUL
    int32_t value1;  // the value of the key that ends here plus 1; 0 if none does
} TrieSlot;

/* Starts as {0}, a trie that holds nothing. */
typedef struct {
    TrieSlot *slots;  // [n_slots], in the arena; NULL in an empty trie
    uint32_t n_slots;
} Trie;

/* Makes room for keys of n_bytes in total, at most TRIE_MAX_BYTES. */
bool trie_init(Trie *trie, size_t n_bytes, Arena *arena, Error *err);

/* Adds key [n], which has no NUL in it, with a value >= 0. All keys together must fit the room that
   was made. *before: the value that the key had, or -1 if it is new. False, with an error, for keys
   that were made to collide. */
bool trie_insert(Trie *trie, const char *key, size_t n, int value, int *before, Error *err);

/* The value of the key [n], or -1. */
int trie_find(const Trie *trie, const char *key, size_t n);

/* Where the edge's slot is looked for first: its product with 2^32 / golden ratio (Knuth, TAOCP 3,
   6.4), scaled from 0 ... 2^32 - 1 to 0 ... n_slots - 1. */
static inline uint32_t trie_hash(const Trie *trie, uint32_t edge) {
    return (uint32_t)((uint64_t)(edge * 2654435769u) * trie->n_slots >> 32);
}

static inline uint32_t trie_after(const Trie *trie, uint32_t i) {
    return i + 1 < trie->n_slots ? i + 1 : 0;
}

/* The node that the byte leads to, or 0 if no key goes on like this. trie must not be empty. */
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
