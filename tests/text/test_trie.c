/* Keys that are found, and keys that were made to fall into one place. */
#include "text/trie.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void insert(Trie *trie, const char *key, int value, int expected_before) {
    Error err = {0};
    int before;
    if (!trie_insert(trie, key, strlen(key), value, &before, &err)) fail_msg("%s", err.text);
    assert_int_equal(before, expected_before);
}

static void keys_are_found_and_nothing_else(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Trie trie = {0};
    assert_int_equal(trie_find(&trie, "a", 1), -1);
    assert_true(trie_init(&trie, 12, &arena, &err));
    insert(&trie, "cat", 0, -1);
    insert(&trie, "c", 1, -1);
    insert(&trie, "\xFF", 2, -1);
    insert(&trie, "catkin", 3, -1);
    insert(&trie, "c", 4, 1);
    assert_int_equal(trie_find(&trie, "cat", 3), 0);
    assert_int_equal(trie_find(&trie, "c", 1), 4);
    assert_int_equal(trie_find(&trie, "\xFF", 1), 2);
    assert_int_equal(trie_find(&trie, "catkins", 6), 3);  // the length counts
    assert_int_equal(trie_find(&trie, "catkins", 7), -1);
    assert_int_equal(trie_find(&trie, "ca", 2), -1);
    assert_int_equal(trie_find(&trie, "", 0), -1);
    arena_free(&arena);
}

static void too_many_bytes_are_refused(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Trie trie = {0};
    assert_false(trie_init(&trie, TRIE_MAX_BYTES + 1, &arena, &err));
    assert_string_equal(err.text, "8388609 bytes of keys, at most 8388608");
}

/* The byte whose edge from this node falls nearest to the beginning of the table. */
static char attack(const Trie *trie, uint32_t node) {
    uint32_t best = 1;
    for (uint32_t byte = 1; byte < 256; byte++)
        if (trie_hash(trie, node << 8 | byte) < trie_hash(trie, node << 8 | best)) best = byte;
    return (char)best;
}

/* A key whose every byte collides with those before it, the slots of which are kept here as well. */
static void keys_made_to_collide_are_refused(void **state) {
    (void)state;
    enum { LENGTH = 6000 };
    static char key[LENGTH];
    static bool taken[2 * LENGTH];
    Arena arena = {0};
    Error err = {0};
    Trie trie = {0};
    assert_true(trie_init(&trie, LENGTH, &arena, &err) && trie.n_slots <= 2 * LENGTH);
    taken[TRIE_ROOT] = true;
    for (uint32_t n = 0, node = TRIE_ROOT; n < LENGTH; n++) {
        key[n] = attack(&trie, node);
        node = trie_hash(&trie, node << 8 | (unsigned char)key[n]);
        while (taken[node]) node = trie_after(&trie, node);
        taken[node] = true;
    }
    int before;
    assert_true(trie_insert(&trie, key, 4000, 0, &before, &err));
    assert_false(trie_insert(&trie, key, LENGTH, 1, &before, &err));
    assert_string_equal(err.text, "piece 1 collides with 4096 others, more than happens by chance");
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_found_and_nothing_else),
        cmocka_unit_test(too_many_bytes_are_refused),
        cmocka_unit_test(keys_made_to_collide_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
