/* What rows remember, as plain numbers: whatever is appended, grown and reordered, each row holds what
   it was told and nothing else. */
#include "nn/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { D = 3, LAYERS = 2, MOST = 5, STEPS = 20 };

/* The number that a row is told for a layer's key or value, from the token's own. */
static float number(int token, size_t layer, size_t part, size_t i) {
    return (float)(token * 100 + (int)(layer * 10 + part * 5 + i));
}

static void fill(float *x, int token, size_t layer, size_t part) {
    for (size_t i = 0; i < D; i++) x[i] = number(token, layer, part, i);
}

static void expect(const float *x, int token, size_t layer, size_t part) {
    for (size_t i = 0; i < D; i++) assert_true(x[i] == number(token, layer, part, i));
}

/* One step: row r is told `token`[r], and must hold all of told[r]. */
static void append(Cache *cache, int told[][STEPS]) {
    size_t n = cache->n_steps;
    for (size_t r = 0; r < cache->n_rows; r++)
        for (size_t layer = 0; layer < LAYERS; layer++) {
            float key[D], value[D];
            fill(key, told[r][n], layer, 0);
            fill(value, told[r][n], layer, 1);
            KeyValues seen = cache_append(cache, r, layer, key, value);
            assert_int_equal(seen.n, n + 1);
            for (size_t t = 0; t <= n; t++) {
                expect(seen.keys + t * D, told[r][t], layer, 0);
                expect(seen.values + t * D, told[r][t], layer, 1);
            }
        }
    cache->n_steps++;
}

static void reorder(Cache *cache, const size_t *parent, size_t n, int told[][STEPS]) {
    Error err = {0};
    int before[MOST][STEPS];
    memcpy(before, told, sizeof before);
    for (size_t r = 0; r < n; r++) memcpy(told[r], before[parent[r]], sizeof before[0]);
    assert_true(cache_reorder(cache, parent, n, &err));
    assert_int_equal(cache->n_rows, n);
}

static void keys_and_values(void **state) {
    (void)state;
    static const size_t orders[][MOST] = {{1, 0, 0}, {2, 2, 1, 0, 0}, {4, 0}, {1, 1, 1}, {2}};
    static const size_t sizes[] = {3, 5, 2, 3, 1};
    int told[MOST][STEPS] = {{0}};
    Arena arena = {0};
    Error err = {0};
    Cache cache;
    assert_true(cache_init(&cache, SELF_ATTENTION, LAYERS, D, 2, MOST, &arena, &err));
    for (size_t t = 0; t < 15; t++) {
        if (t % 3 == 2) reorder(&cache, orders[t / 3], sizes[t / 3], told);
        if (t == cache.capacity) assert_true(cache_grow(&cache, t ? t + 3 : 2, &err));
        for (size_t r = 0; r < cache.n_rows; r++) told[r][t] = (int)(t * MOST + r + 1);
        append(&cache, told);
    }
    cache_free(&cache);
    arena_free(&arena);
}

/* A row's sentence goes with it, before there is a past and after. */
static void rows_keep_their_sentence(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Cache cache;
    int told[MOST][STEPS] = {{0}};
    assert_true(cache_init(&cache, SELF_ATTENTION, LAYERS, D, 3, MOST, &arena, &err));
    reorder(&cache, (size_t[]){0, 2, 2}, 3, told);
    assert_true(cache_grow(&cache, 2, &err));
    append(&cache, told);
    reorder(&cache, (size_t[]){2, 1, 0, 0}, 4, told);
    static const size_t sentences[] = {2, 2, 0, 0};
    for (size_t r = 0; r < 4; r++) assert_int_equal(cache.rows[r].sentence, sentences[r]);
    reorder(&cache, NULL, 0, told);
    cache_free(&cache);
    arena_free(&arena);
}

static void cells(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Cache cache;
    assert_true(cache_init(&cache, SELF_SSRU, LAYERS, D, 1, MOST, &arena, &err));
    assert_true(cache_grow(&cache, 1, &err));
    for (size_t layer = 0; layer < LAYERS; layer++)
        for (size_t i = 0; i < D; i++) {
            assert_true(cache_cell(&cache, 0, layer)[i] == 0.0F);
            cache_cell(&cache, 0, layer)[i] = number(1, layer, 0, i);
        }
    cache.n_steps = 1;
    assert_true(cache_reorder(&cache, (size_t[]){0, 0, 0}, 3, &err));
    for (size_t layer = 0; layer < LAYERS; layer++) fill(cache_cell(&cache, 1, layer), 2, layer, 0);
    assert_true(cache_grow(&cache, 7, &err));
    assert_true(cache_reorder(&cache, (size_t[]){1, 2}, 2, &err));
    for (size_t layer = 0; layer < LAYERS; layer++) {
        expect(cache_cell(&cache, 0, layer), 2, layer, 0);
        expect(cache_cell(&cache, 1, layer), 1, layer, 0);
    }
    cache_free(&cache);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_and_values),
        cmocka_unit_test(rows_keep_their_sentence),
        cmocka_unit_test(cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
