/* What counts as typed in capitals, and how the case of a text changes. */
#include "text/capitals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool typed(const char *text) { return capitals_typed(text, strlen(text)); }

static void capitals_without_a_small_letter(void **state) {
    (void)state;
    assert_true(typed("THE CAT SAT ON THE MAT."));
    assert_true(typed("I KNOW."));
    assert_true(typed("STOP!"));
    assert_true(typed("  ÇA VA ?"));
    assert_true(typed("ROOM 12 OF 14"));
    assert_true(typed("ЭТО КОТ"));
    assert_false(typed("THE CAT sAT ON THE MAT."));
    assert_false(typed("The Cat"));
    assert_false(typed("ÇA Vé"));
}

static void short_words_alone_and_initials_are_names(void **state) {
    (void)state;
    assert_false(typed("I"));
    assert_false(typed("USA."));
    assert_false(typed("I. A. 4 B"));
    assert_false(typed("12:30"));
    assert_false(typed("你好 世界"));
    assert_false(typed(""));
    assert_false(typed("\xFF\xFE"));
}

static void expect_case(void (*change)(const char *, size_t, Buffer *), const char *text,
                        const char *expected) {
    Buffer got = {0};
    change(text, strlen(text), &got);
    buffer_string(&got, "");
    assert_false(got.failed);
    assert_string_equal(got.data, expected);
    buffer_free(&got);
}

static void case_changes_letter_by_letter(void **state) {
    (void)state;
    expect_case(capitals_lower, "L'ÉTÉ, ŒUVRE 12 ЭТО!", "l'été, œuvre 12 это!");
    expect_case(capitals_upper, "l'été, œuvre 12 это 你好!", "L'ÉTÉ, ŒUVRE 12 ЭТО 你好!");
    expect_case(capitals_upper, "ÿ ɐ", "Ÿ Ɐ");  // of another length in UTF-8
    expect_case(capitals_upper, "", "");
    expect_case(capitals_lower,
                "A\xFF"
                "B\xC3",
                "a\xFF"
                "b\xC3");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capitals_without_a_small_letter),
        cmocka_unit_test(short_words_alone_and_initials_are_names),
        cmocka_unit_test(case_changes_letter_by_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
