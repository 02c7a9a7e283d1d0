/* Numbers in a German host, and letters in a Turkish one: as everywhere else. tests/api/test_locale.c does
   the same with whole models. */
#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "align/json_build.h"
#include "base/ascii.h"
#include "base/buffer.h"
#include "base/json.h"
#include "foreign_locale.h"

static int leave(void **state) {
    (void)state;
    locale_leave();
    return 0;
}

static void assert_numbers(void) {
    static const struct {
        const char *text;
        double number;
    } good[] = {{"0", 0.0},       {"0.5", 0.5},      {"-1.25e2", -125.0},
                {"+3", 3.0},      {".25", 0.25},     {"1e-3", 1e-3},
                {"1000", 1000.0}, {"0x1p-3", 0.125}, {"inf", INFINITY}};
    static const char *const bad[] = {"",     " ", " 1",    "1 ", "1,5", "0,5",
                                      "1.5x", "x", "1.5.5", "-",  "\n1"};
    double number;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(number_parse(good[i].text, &number));
        assert_true(number == good[i].number);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        number = 1.0;
        assert_false(number_parse(bad[i], &number));
        assert_true(number == 0.0);
    }
}

static void assert_text(void) {
    char text[40];
    Buffer out = {0};
    Error err = {0};
    assert_int_equal(number_format(text, sizeof text, "%.3f|%d", 1234.5, 1000), 13);
    assert_string_equal(text, "1234.500|1000");
    buffer_format(&out, "%.7g", 0.1);
    assert_string_equal(out.data, "0.1");
    buffer_free(&out);
    error_set(&err, "%g", 0.25);
    assert_string_equal(err.text, "0.25");
}

/* cJSON's own numbers, read and written. */
static void assert_json(void) {
    static const char text[] = "{\"a\":0.5,\"b\":[1.25]}";
    Error err = {0};
    cJSON *object = json_parse_object("text", text, strlen(text), &err);
    assert_non_null(object);
    assert_true(cJSON_GetObjectItem(object, "a")->valuedouble == 0.5);
    assert_true(json_set(object, "c", json_rounded(0.1, 7)));
    char *printed = cJSON_PrintUnformatted(object);
    assert_string_equal(printed, "{\"a\":0.5,\"b\":[1.25],\"c\":0.1}");
    cJSON_free(printed);
    cJSON_Delete(object);
}

static void assert_letters(void) {
    assert_int_equal(ascii_lower('I'), 'i');
    assert_int_equal(ascii_lower('['), '[');
    assert_int_equal(ascii_lower('@'), '@');
    assert_true(ascii_equal("FIG.", "fig:", 3));
    assert_false(ascii_equal("FIG.", "fig:", 4));
    assert_true(ascii_equal("no", "NO", 100));
    assert_false(ascii_equal("no", "nos", 3));
    assert_false(ascii_equal("\xC4\xB0", "\xC4\xB1", 2));  // İ and ı
}

static void in_the_usual_locale(void **state) {
    (void)state;
    assert_numbers();
    assert_text();
    assert_json();
    assert_letters();
}

static void in_a_german_host(void **state) {
    (void)state;
    char text[40];
    if (!locale_enter("de_DE")) skip();
    snprintf(text, sizeof text, "%.1f", 0.5);
    assert_string_equal(text, "0,5");  // it is another locale indeed
    assert_numbers();
    assert_text();
    assert_json();
    snprintf(text, sizeof text, "%.1f", 0.5);
    assert_string_equal(text, "0,5");  // and still is
}

static void in_a_turkish_host(void **state) {
    (void)state;
    if (!locale_enter("tr_TR")) skip();
    assert_letters();
    assert_numbers();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_the_usual_locale),
        cmocka_unit_test_teardown(in_a_german_host, leave),
        cmocka_unit_test_teardown(in_a_turkish_host, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
