/* The cache of src/nn/cache.c, all of it except cache_reorder. */
#include "nn/cache.h"

#define cache_reorder the_projects_reorder
bool the_projects_reorder(Cache *cache, const size_t *parent, size_t n_rows, Error *err);
#include "nn/cache.c"
#undef cache_reorder

/* Row r continues what was row parent[r]. */
bool cache_reorder(Cache *cache, const size_t *parent, size_t n_rows, Error *err) {
    // Yours. As it stands every row goes on with its own past, whoever its parent is, and a row that
    // is new begins with an empty one.
    (void)parent;
    for (size_t r = 0; r < n_rows && cache->n_steps; r++)
        if (!cache->rows[r].past &&
            !(cache->rows[r].past = past_alloc(cache, cache->capacity, err)))
            return false;
    cache->n_rows = n_rows;
    return true;
}
