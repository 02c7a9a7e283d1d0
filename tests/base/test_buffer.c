/* The growing string: it has everything that was appended, and a failure stays until it is checked. */
#include "base/buffer.h"

#include "scratch.h"

static void starts_empty(void **state) {
    (void)state;
    Buffer b = {0};
    Error err = {0};
    assert_true(buffer_ok(&b, "nothing", &err));
    buffer_clear(&b);
    buffer_append(&b, NULL, 0);
    assert_int_equal(b.size, 0);
    buffer_free(&b);
    buffer_free(&b);
}

static void appends_in_order(void **state) {
    (void)state;
    Buffer b = {0};
    buffer_string(&b, "un ");
    buffer_append(&b, "deux!", 4);
    buffer_byte(&b, ' ');
    buffer_format(&b, "%d %s", 3, "quatre");
    assert_string_equal(b.data, "un deux 3 quatre");
    assert_int_equal(b.size, strlen("un deux 3 quatre"));
    buffer_free(&b);
}

static void a_nul_is_always_behind_the_bytes(void **state) {
    (void)state;
    Buffer b = {0};
    for (size_t n = 1; n <= 5000; n++) {
        buffer_byte(&b, (char)('a' + n % 26));
        assert_true(b.size == n && b.size < b.capacity);
        assert_int_equal(b.data[n], 0);
    }
    for (size_t n = 1; n <= 5000; n++) assert_int_equal(b.data[n - 1], 'a' + n % 26);
    buffer_append(&b, "\0x", 2);
    assert_memory_equal(b.data + 5000, "\0x", 3);
    buffer_free(&b);
}

static void format_grows_as_needed(void **state) {
    (void)state;
    for (int width = 0; width < 300; width++) {  // 64 is the first capacity, 128 the second
        Buffer b = {0};
        buffer_format(&b, "%*d|", width, 7);
        assert_int_equal(b.size, (width ? width : 1) + 1);
        assert_int_equal(strlen(b.data), b.size);
        buffer_free(&b);
    }
}

static void clear_keeps_the_memory(void **state) {
    (void)state;
    Buffer b = {0};
    buffer_format(&b, "%500d", 1);
    size_t capacity = b.capacity;
    buffer_clear(&b);
    assert_string_equal(b.data, "");
    assert_int_equal(b.size, 0);
    assert_int_equal(b.capacity, capacity);
    buffer_free(&b);
}

static void a_failure_is_remembered(void **state) {
    (void)state;
    Buffer b = {0};
    Error err = {0};
    buffer_string(&b, "kept");
    buffer_append(&b, "x", SIZE_MAX - 2);  // refused before a byte is read
    assert_true(b.failed);
    buffer_string(&b, " and then");
    buffer_format(&b, "%d", 1);
    assert_string_equal(b.data, "kept");
    assert_false(buffer_ok(&b, "a long text", &err));
    assert_contains(err.text, "out of memory");
    assert_contains(err.text, "a long text");
    buffer_clear(&b);  // nor is it forgotten when the buffer is used again
    buffer_string(&b, "again");
    assert_false(buffer_ok(&b, "a short text", &err));
    buffer_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_empty),
        cmocka_unit_test(appends_in_order),
        cmocka_unit_test(a_nul_is_always_behind_the_bytes),
        cmocka_unit_test(format_grows_as_needed),
        cmocka_unit_test(clear_keeps_the_memory),
        cmocka_unit_test(a_failure_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
