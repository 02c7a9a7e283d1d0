/* A text taken apart into characters, and bytes that spell none. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *text, int character, size_t size) {
    size_t found;
    assert_int_equal(utf8_character(text, strlen(text), &found), character);
    assert_int_equal(found, size);
}

static void a_character_has_one_to_four_bytes(void **state) {
    (void)state;
    expect("cat", 'c', 1);
    expect("été", 0xE9, 2);
    expect("▁cat", 0x2581, 3);
    expect("😀!", 0x1F600, 4);
    size_t size;
    assert_int_equal(utf8_character("\0a", 2, &size), 0);
    assert_int_equal(size, 1);
}

static void a_byte_of_no_character_is_one_byte_long(void **state) {
    (void)state;
    expect("\xFF", UTF8_NONE, 1);
    expect("\x81\x82", UTF8_NONE, 1);          // without a beginning
    expect("\xC0\xAF", UTF8_NONE, 1);          // overlong
    expect("\xED\xA0\x80", UTF8_NONE, 1);      // a surrogate
    expect("\xF4\x90\x80\x80", UTF8_NONE, 1);  // beyond U+10FFFF
}

static void a_character_ends_with_its_text(void **state) {
    (void)state;
    const char *cat = "▁cat";
    size_t size;
    for (size_t n = 1; n < 3; n++) {
        assert_int_equal(utf8_character(cat, n, &size), UTF8_NONE);
        assert_int_equal(size, 1);
    }
    assert_int_equal(utf8_character(cat, 3, &size), 0x2581);
}

static void controls_are_those_of_7_and_of_8_bits(void **state) {
    (void)state;
    static const int controls[] = {0, '\n', 0x1B, 0x1F, 0x7F, 0x80, 0x9B, 0x9F},
                     others[] = {UTF8_NONE, ' ', '~', 0xA0, 0xE9, 0x200B};
    for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
        assert_true(utf8_is_control(controls[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(utf8_is_control(others[i]));
}

static void the_character_before_a_place_is_found(void **state) {
    (void)state;
    const char *text = "a\u00E9\u2581\U0001F600";
    static const size_t begins[] = {0, 1, 3, 6}, ends[] = {1, 3, 6, 10};
    for (size_t i = 0; i < 4; i++) assert_int_equal(utf8_before(text, ends[i]), begins[i]);
    assert_int_equal(utf8_before("\x80\x80\x80\x80\x80", 5), 1);
    assert_int_equal(utf8_before("\x80\x80", 2), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_character_has_one_to_four_bytes),
        cmocka_unit_test(a_byte_of_no_character_is_one_byte_long),
        cmocka_unit_test(a_character_ends_with_its_text),
        cmocka_unit_test(controls_are_those_of_7_and_of_8_bits),
        cmocka_unit_test(the_character_before_a_place_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
