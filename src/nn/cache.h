/* cache.h: what the decoder's rows remember of the target so far

   A row is one hypothesis of one sentence. A layer with self-attention keeps the keys and values of
   every token that the row has been fed, and they grow by one a step; a layer with an SSRU keeps one
   cell, however long the target. All layers of a decoder are of one kind, so that a row's past is one
   block:

       keys and values   [n_layers][2][capacity][d]
       cells             [n_layers][d]

   Between two steps a search says which row goes on from which (cache_reorder). Cross-attention's
   keys and values are not here: they belong to a sentence and never change. */
#ifndef XATTN_CACHE_H
#define XATTN_CACHE_H

#include "base/arena.h"
#include "nn/attention.h"

/* How a decoder's layers know the target so far. */
typedef enum { SELF_ATTENTION, SELF_SSRU } SelfKind;

typedef struct {
    size_t sentence;
    float *past;  // NULL before the first step
    size_t heir;  // scratch of cache_reorder: the row that took the past over
} Row;

typedef struct {
    SelfKind kind;
    size_t n_layers, d;
    size_t n_steps;   // tokens that every row has been fed
    size_t capacity;  // tokens that a past has room for
    size_t n_rows, max_rows;
    Row *rows;       // [max_rows]; no row from n_rows on has a past
    Row *next_rows;  // [max_rows] scratch of cache_reorder
} Cache;

/* An empty cache with a row for each of n_sentences, in order, and room for max_rows. Its arrays lie
   in the arena; the rows' pasts, which grow, are freed by cache_free. False if out of memory. */
bool cache_init(Cache *cache, SelfKind kind, size_t n_layers, size_t d, size_t n_sentences,
                size_t max_rows, Arena *arena, Error *err);
void cache_free(Cache *cache);

/* Makes room for `capacity` tokens a row, more than there is room for. False if out of memory. */
bool cache_grow(Cache *cache, size_t capacity, Error *err);

/* Appends the newest token's key [d] and value [d] to a row's past in one layer, and returns all that
   the row may look at, this token included. There must be room. */
KeyValues cache_append(Cache *cache, size_t row, size_t layer, const float *key,
                       const float *value);

/* A row's cell [d] in one layer, to update in place; zeros before the first step. */
float *cache_cell(const Cache *cache, size_t row, size_t layer);

/* From now on there are n_rows rows, and row r goes on from what was row parent[r]: a past that nobody
   continues is freed, one that is continued twice is copied. n_rows <= max_rows. False if out of
   memory; the cache can then only be freed. */
bool cache_reorder(Cache *cache, const size_t *parent, size_t n_rows, Error *err);

#endif
