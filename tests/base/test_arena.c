/* Memory that is freed all at once: zeroed, aligned, and an error where there is none. */
#include "base/arena.h"

#include "scratch.h"

static void arrays_are_zeroed_and_aligned(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    for (size_t n = 1; n < 3000; n = n * 3 + 1) {
        unsigned char *bytes = arena_array(&arena, n, 1, "bytes", &err);
        float *floats = arena_floats(&arena, n, "floats", &err);
        assert_non_null(bytes);
        assert_non_null(floats);
        assert_int_equal((uintptr_t)bytes % 64, 0);
        assert_int_equal((uintptr_t)floats % 64, 0);
        for (size_t i = 0; i < n; i++) assert_true(bytes[i] == 0 && floats[i] == 0);
        memset(bytes, 0xFF, n);  // what comes next must not lie in here
        memset(floats, 0xFF, n * sizeof *floats);
    }
    arena_free(&arena);
    assert_null(arena.blocks);
}

static void arrays_do_not_overlap(void **state) {
    (void)state;
    enum { N = 500 };
    Arena arena = {0};
    Error err = {0};
    unsigned char *arrays[N];
    for (size_t i = 0; i < N; i++) {
        arrays[i] = arena_array(&arena, i + 1, 1, "bytes", &err);
        assert_non_null(arrays[i]);
        memset(arrays[i], (int)(i & 0xFF), i + 1);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k <= i; k++) assert_int_equal(arrays[i][k], i & 0xFF);
    arena_free(&arena);
}

static void nothing_is_a_valid_pointer(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    assert_non_null(arena_array(&arena, 0, 8, "nothing", &err));
    assert_non_null(arena_array(&arena, 8, 0, "nothing", &err));
    assert_string_equal(err.text, "");
    arena_free(&arena);
}

static void sizes_that_overflow_are_errors(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    assert_null(arena_array(&arena, SIZE_MAX / 2, 3, "too many things", &err));
    assert_contains(err.text, "out of memory");
    assert_contains(err.text, "too many things");
    assert_null(arena_array(&arena, SIZE_MAX / 4 + 2, 4, "4 bytes modulo 2^64", &err));
    assert_contains(err.text, "4 bytes modulo 2^64");
    assert_null(arena_array(&arena, SIZE_MAX, 1, "all bytes", &err));
    assert_contains(err.text, "all bytes");
    assert_null(arena_floats(&arena, SIZE_MAX / 4, "all floats", &err));
    assert_contains(err.text, "all floats");
    assert_null(arena_string(&arena, "", SIZE_MAX, &err));
    assert_contains(err.text, "a string");
    assert_non_null(arena_array(&arena, 10, 1, "still of use", &err));
    arena_free(&arena);
}

static void strings_are_copied_with_a_nul(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    char text[] = "chat noir";
    char *chat = arena_string(&arena, text, 4, &err), *empty = arena_string(&arena, text, 0, &err);
    text[0] = 'X';
    assert_string_equal(chat, "chat");
    assert_string_equal(empty, "");
    char *with_nul = arena_string(&arena, "a\0b", 3, &err);
    assert_memory_equal(with_nul, "a\0b", 4);
    arena_free(&arena);
}

static void freeing_twice_is_fine(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    arena_free(&arena);
    assert_non_null(arena_floats(&arena, 100000, "a block of its own", &err));
    arena_free(&arena);
    arena_free(&arena);
    assert_non_null(arena_floats(&arena, 3, "after that", &err));
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_are_zeroed_and_aligned),
        cmocka_unit_test(arrays_do_not_overlap),
        cmocka_unit_test(nothing_is_a_valid_pointer),
        cmocka_unit_test(sizes_that_overflow_are_errors),
        cmocka_unit_test(strings_are_copied_with_a_nul),
        cmocka_unit_test(freeing_twice_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
