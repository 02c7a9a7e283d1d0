/* Messages fit, end at a character, and contain no control characters. */
#include "base/error.h"

#include "scratch.h"

static void says_what_it_was_told(void **state) {
    (void)state;
    Error err = {0};
    assert_false(error_set(&err, "%s: %d bytes, expected %zu", "a.bin", 7, (size_t)8));
    assert_string_equal(err.text, "a.bin: 7 bytes, expected 8");
    assert_false(error_prefix(&err, "line 3"));
    assert_string_equal(err.text, "line 3: a.bin: 7 bytes, expected 8");
    assert_false(error_memory(&err, 99, "a map"));
    assert_string_equal(err.text, "out of memory: 99 bytes for a map");
}

static void control_characters_are_shown_as_question_marks(void **state) {
    (void)state;
    Error err = {0};
    error_set(&err, "a\x1B[31mred\n\t\x7F%c\xC2\x9B[", 1);
    assert_string_equal(err.text, "a?[31mred??????[");
    error_set(&err, "caf\xC3\xA9 \xE2\x96\x81 \xF0\x9F\x90\x88");
    assert_string_equal(err.text, "caf\xC3\xA9 \xE2\x96\x81 \xF0\x9F\x90\x88");
}

/* The text after a prefix of 0 to 3 bytes is cut at every place within a character. */
static void long_messages_are_cut_between_characters(void **state) {
    (void)state;
    static const char *const characters[] = {"e", "\xC3\xA9", "\xE2\x96\x81", "\xF0\x9F\x90\x88"};
    for (size_t c = 0; c < 4; c++) {
        size_t width = strlen(characters[c]);
        for (size_t before = 0; before < 4; before++) {
            Error err = {0};
            char text[2048] = "";
            memset(text, 'x', before);
            while (strlen(text) < 1500) strcat(text, characters[c]);
            error_set(&err, "%s", text);
            size_t n = strlen(err.text);
            assert_int_equal((n - before) % width, 0);
            assert_true(n > sizeof err.text - 1 - width && n < sizeof err.text);
            assert_memory_equal(err.text, text, n);
        }
    }
}

static void a_prefix_may_push_the_end_out(void **state) {
    (void)state;
    Error err = {0};
    char text[1100];
    memset(text, 'y', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&err, "%s", text);
    error_prefix(&err, "file");
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_memory_equal(err.text, "file: yyy", 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_it_was_told),
        cmocka_unit_test(control_characters_are_shown_as_question_marks),
        cmocka_unit_test(long_messages_are_cut_between_characters),
        cmocka_unit_test(a_prefix_may_push_the_end_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
