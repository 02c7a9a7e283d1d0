/* cache.h: what the decoder's rows keep of the target so far

   A row is a hypothesis of a sentence. A layer with self-attention keeps the keys and values of every
   token of the row, one more with each step. A layer with an SSRU keeps one cell, however long the
   target. All layers of a decoder are of the same kind, so the past of a row is one block:

       keys and values   [n_layers][2][capacity][d]
       cells             [n_layers][d]

   Between two steps a search chooses the parent of each new row (cache_reorder). The keys and values of
   cross-attention are elsewhere (decoder_state.h), because they belong to a sentence and never
   change. */
#ifndef XATTN_CACHE_H
#define XATTN_CACHE_H

#include "base/arena.h"
#include "nn/attention.h"

/* How a decoder's layers read the target so far. */
typedef enum { SELF_ATTENTION, SELF_SSRU } SelfKind;

typedef struct {
    size_t sentence;
    float *past;  // NULL before the first step
    size_t heir;  // scratch of cache_reorder: the row that took over the past
} Row;

typedef struct {
    SelfKind kind;
    size_t n_layers, d;
    size_t n_steps;   // the number of tokens in each row's past
    size_t capacity;  // the most tokens of a past
    size_t n_rows, max_rows;
    Row *rows;       // [max_rows]; only the first n_rows have a past
    Row *next_rows;  // [max_rows] scratch of cache_reorder
} Cache;

/* Makes an empty cache with a row for each of n_sentences, in order, and room for max_rows. Its arrays
   lie in the arena. The pasts of rows grow; cache_free frees them. False if out of memory. */
bool cache_init(Cache *cache, SelfKind kind, size_t n_layers, size_t d, size_t n_sentences,
                size_t max_rows, Arena *arena, Error *err);
void cache_free(Cache *cache);

/* Makes room for `capacity` tokens in each row, more than before. False if out of memory. */
bool cache_grow(Cache *cache, size_t capacity, Error *err);

/* Appends the newest token's key [d] and value [d] to a row's past in a layer. Returns all keys and
   values of the row, the new ones included. There must be room. */
KeyValues cache_append(Cache *cache, size_t row, size_t layer, const float *key,
                       const float *value);

/* A row's cell [d] in a layer, to update in place. It is zero before the first step. */
float *cache_cell(const Cache *cache, size_t row, size_t layer);

/* Replaces the rows with n_rows new ones: row r continues the old row parent[r]. A past without
   children is freed; a past with several is copied. n_rows <= max_rows. False if out of memory; then
   the cache can only be freed. */
bool cache_reorder(Cache *cache, const size_t *parent, size_t n_rows, Error *err);

#endif
