#include "nn/cache.h"

#include <stdlib.h>
#include <string.h>

bool cache_init(Cache *cache, SelfKind kind, size_t n_layers, size_t d, size_t n_sentences,
                size_t max_rows, Arena *arena, Error *err) {
    static const char what[] = "the decoder's rows";
    *cache = (Cache){
        .kind = kind, .n_layers = n_layers, .d = d, .n_rows = n_sentences, .max_rows = max_rows};
    cache->rows = arena_array(arena, max_rows, sizeof *cache->rows, what, err);
    cache->next_rows = arena_array(arena, max_rows, sizeof *cache->next_rows, what, err);
    if (!cache->rows || !cache->next_rows) return false;
    for (size_t r = 0; r < n_sentences; r++) cache->rows[r].sentence = r;
    return true;
}

void cache_free(Cache *cache) {
    for (size_t r = 0; r < cache->max_rows; r++) {
        if (cache->rows) free(cache->rows[r].past);
        if (cache->next_rows) free(cache->next_rows[r].past);
    }
}

/* The floats that a layer needs for a past of `capacity` tokens. */
static size_t layer_size(const Cache *cache, size_t capacity) {
    return (cache->kind == SELF_SSRU ? 1 : 2 * capacity) * cache->d;
}

/* Cells begin with zeros; keys and values are written before they are read. */
static float *past_alloc(const Cache *cache, size_t capacity, Error *err) {
    size_t n = cache->n_layers * layer_size(cache, capacity), size = n * sizeof(float);
    float *past = cache->kind == SELF_SSRU ? calloc(1, size + 1) : malloc(size + 1);  // not of 0
    if (!past) error_memory(err, size, "the decoder's cache");
    return past;
}

/* Copies the n_steps tokens of a past with room for `from` tokens into one with room for `to`. */
static void past_copy(const Cache *cache, const float *source, size_t from, float *target,
                      size_t to) {
    bool is_cell = cache->kind == SELF_SSRU;
    size_t parts = is_cell ? cache->n_layers : 2 * cache->n_layers;  // two: keys and values
    size_t n = (is_cell ? 1 : cache->n_steps) * cache->d;
    for (size_t i = 0; i < parts; i++) {
        memcpy(target, source, n * sizeof *target);
        source += (is_cell ? 1 : from) * cache->d;
        target += (is_cell ? 1 : to) * cache->d;
    }
}

bool cache_grow(Cache *cache, size_t capacity, Error *err) {
    for (size_t r = 0; r < cache->n_rows; r++) {
        Row *row = &cache->rows[r];
        float *past = past_alloc(cache, capacity, err);
        if (!past) return false;
        if (row->past) past_copy(cache, row->past, cache->capacity, past, capacity);
        free(row->past);
        row->past = past;
    }
    cache->capacity = capacity;
    return true;
}

KeyValues cache_append(Cache *cache, size_t row, size_t layer, const float *key,
                       const float *value) {
    size_t d = cache->d, n = cache->n_steps;
    float *keys = cache->rows[row].past + layer * layer_size(cache, cache->capacity);
    float *values = keys + cache->capacity * d;
    memcpy(keys + n * d, key, d * sizeof *keys);
    memcpy(values + n * d, value, d * sizeof *values);
    return (KeyValues){keys, values, n + 1};
}

float *cache_cell(const Cache *cache, size_t row, size_t layer) {
    return cache->rows[row].past + layer * cache->d;
}

bool cache_reorder(Cache *cache, const size_t *parent, size_t n_rows, Error *err) {
    Row *rows = cache->rows, *next = cache->next_rows;
    for (size_t r = 0; r < n_rows; r++) {
        Row *from = &rows[parent[r]];
        next[r] = *from;
        if (from->past) {  // the first child takes over the past
            from->past = NULL;
            from->heir = r;
        } else if (cache->n_steps) {  // other children get copies
            next[r].past = past_alloc(cache, cache->capacity, err);
            if (!next[r].past) return false;
            past_copy(cache, next[from->heir].past, cache->capacity, next[r].past, cache->capacity);
        }
    }
    for (size_t r = 0; r < cache->n_rows; r++) free(rows[r].past);
    memset(rows, 0, cache->max_rows * sizeof *rows);
    cache->rows = next;
    cache->next_rows = rows;
    cache->n_rows = n_rows;
    return true;
}
