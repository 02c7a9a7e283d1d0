/* Where a text is cut into sentences, and where it is not. */
#include "text/sentences.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"

/* The text's sentences with | between them. */
static void cut(const char *text, size_t n, Buffer *got) {
    Sentence s;
    size_t at = 0, last = 0;
    buffer_clear(got);
    buffer_string(got, "");
    while (sentences_next(text, n, &at, &s)) {
        assert_true(s.begin >= last && s.begin < s.end && s.end <= at && at <= n);
        if (got->size) buffer_byte(got, '|');
        buffer_append(got, text + s.begin, s.end - s.begin);
        last = s.end;
    }
}

static void expect(const char *text, const char *expected) {
    Buffer got = {0};
    cut(text, strlen(text), &got);
    assert_string_equal(got.data, expected);
    buffer_free(&got);
}

/* A line of the table: "It rained. |We left." */
static bool check_case(const char *line) {
    Buffer text = {0}, expected = {0}, got = {0};
    for (const char *c = line; *c; c++) {
        if (*c != '|') buffer_byte(&text, *c);
        if (*c == '|')
            while (expected.data[expected.size - 1] == ' ') expected.size--;
        buffer_byte(&expected, *c);
    }
    cut(text.data, text.size, &got);
    bool good = strcmp(got.data, expected.data) == 0;
    if (!good) print_error("expected %s\n     got %s\n", expected.data, got.data);
    buffer_free(&text);
    buffer_free(&expected);
    buffer_free(&got);
    return good;
}

static void the_table_holds(void **state) {
    (void)state;
    char line[512];
    size_t n = 0, n_wrong = 0;
    FILE *table = fopen("tests/goldens/text/sentences.txt", "r");
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        line[strcspn(line, "\n")] = '\0';
        if (!*line || *line == '#') continue;
        n++;
        n_wrong += !check_case(line);
    }
    fclose(table);
    assert_true(n >= 200);
    assert_int_equal(n_wrong, 0);
}

static void blanks_belong_to_no_sentence(void **state) {
    (void)state;
    expect("", "");
    expect(" \t \xC2\xA0 \r\n", "");
    expect("?", "?");
    expect("  Really?!  Yes... No!\t2019 was dry.  ", "Really?!|Yes...|No!|2019 was dry.");
    expect("One.\xC2\xA0Two.", "One.|Two.");
}

static void line_ends_and_tabs_end_sentences(void **state) {
    (void)state;
    expect("Title\nThe cat sat\r\non the mat.", "Title|The cat sat|on the mat.");
    expect("one\ttwo\xE2\x80\xA8three", "one|two|three");
    expect("Mr.\nSmith", "Mr.|Smith");
    expect("Yes. (\nno)", "Yes.|(|no)");
}

static void wide_stops_need_no_space(void **state) {
    (void)state;
    assert_true(sentences_need_no_space("你好。」", strlen("你好。」")));
    assert_true(sentences_need_no_space("。", strlen("。")));
    assert_false(sentences_need_no_space("Hi. ", 4));
    assert_false(sentences_need_no_space("你好。a", strlen("你好。a")));
    assert_false(sentences_need_no_space("」", strlen("」")));
    assert_false(sentences_need_no_space("", 0));
}

static void bytes_of_no_character_are_letters(void **state) {
    (void)state;
    expect("A\xFF. B\x80.\xE2\x82 C", "A\xFF.|B\x80.\xE2\x82 C");
    expect("\xC3", "\xC3");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_holds),
        cmocka_unit_test(blanks_belong_to_no_sentence),
        cmocka_unit_test(line_ends_and_tabs_end_sentences),
        cmocka_unit_test(wide_stops_need_no_space),
        cmocka_unit_test(bytes_of_no_character_are_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
