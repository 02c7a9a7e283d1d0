/* JSON files: strict where cJSON is lenient, and errors that say where. */
#include "base/json.h"

#include <errno.h>

#include "scratch.h"

static void refused(const char *text, size_t n, const char *message) {
    Error err = {0};
    assert_null(json_parse_object("some.json", text, n, &err));
    assert_contains(err.text, "some.json");
    assert_contains(err.text, message);
}

static void refused_text(const char *text, const char *message) {
    refused(text, strlen(text), message);
}

static cJSON *accepted(const char *text) {
    Error err = {0};
    cJSON *object = json_parse_object("some.json", text, strlen(text), &err);
    assert_string_equal(err.text, "");
    assert_non_null(object);
    return object;
}

static void objects_are_read(void **state) {
    (void)state;
    cJSON_Delete(accepted("{}"));
    cJSON_Delete(accepted(" \r\n\t{\"a\": [1, {}]}\n \t\r"));
    cJSON_Delete(accepted("\xEF\xBB\xBF{\"a\": 1}"));  // a byte order mark does no harm
    cJSON *object = accepted("{\"k\\u00e9y\": \"\xE2\x96\x81\\n\\\\u0000\"}");
    assert_string_equal(object->child->string, "k\xC3\xA9y");
    assert_string_equal(object->child->valuestring, "\xE2\x96\x81\n\\u0000");
    cJSON_Delete(object);
}

static void what_is_no_json_is_refused(void **state) {
    (void)state;
    refused_text("", "syntax error at byte 0 (line 1)");
    refused_text("  ", "not JSON");
    refused_text("x", "syntax error at byte 0 (line 1)");
    refused_text("{\"a\": 1,\n\"b\": }", "(line 2)");
    refused_text("{\"a\": 1", "not JSON");
    refused_text("{\"a\" 1}", "not JSON");
    refused_text("{\"a\": nul}", "not JSON");
    refused_text("{a: 1}", "not JSON");
    refused_text("{\"a\": \"\\ud800\"}", "not JSON");
    refused_text("{\"a", "not JSON");
    refused_text("\xEF\xBB\xBF", "not JSON");
}

static void a_file_that_is_too_large_is_refused(void **state) {
    (void)state;
    Error err = {0};
    const char *path = scratch_write_text("large.json", "{}");
    assert_int_equal(truncate(path, 100 * 1000 * 1000 + 1), 0);  // sparse
    assert_null(json_load_object(path, &err));
    assert_contains(err.text, "large.json: 100000001 bytes, expected at most 100000000");
}

static void only_an_object_will_do(void **state) {
    (void)state;
    refused_text("[1, 2]", "expected a JSON object");
    refused_text("12", "expected a JSON object");
    refused_text("null", "expected a JSON object");
    refused_text("\"{}\"", "expected a JSON object");
}

static void text_behind_it_is_refused(void **state) {
    (void)state;
    refused_text("{} {}", "text after the end of the JSON, at byte 2");
    refused_text("{\"a\": 1}x", "at byte 8");
    refused("{}\0", 3, "holds a NUL");
}

static void nul_cannot_hide_a_rest(void **state) {
    (void)state;
    refused("{\"a\0b\": 1}", 10, "holds a NUL");
    refused_text("{\"a\\u0000b\": 1}", "holds a NUL");
    refused_text("{\"a\": \"\\\\\\u0000\"}", "holds a NUL");
}

static void bytes_that_are_not_utf8_are_refused(void **state) {
    (void)state;
    refused_text("{\n\"a\": \"\xC3(\"}", "byte 8 (line 2) is not UTF-8");
    refused_text("{\"\xFF\": 1}", "byte 2 (line 1)");
    refused_text("{\"\xED\xA0\x80\": 1}", "is not UTF-8");  // a surrogate
    refused_text("{\"\xC0\x80\": 1}", "is not UTF-8");      // an overlong NUL
    refused_text("{\"a\": 1}\xE2\x96", "is not UTF-8");     // cut short
}

static void deep_nesting_ends_with_an_error(void **state) {
    (void)state;
    enum { DEPTH = 10000 };
    static char text[2 * DEPTH + 6];
    strcpy(text, "{\"a\":");
    memset(text + 5, '[', DEPTH);
    memset(text + 5 + DEPTH, ']', DEPTH);
    text[5 + 2 * DEPTH] = '}';
    refused(text, sizeof text, "nested too deep");
    refused(text, 5 + DEPTH, "nested too deep");
    static const char opens[] = {'{', '"', 'a', '"', ':'};
    for (size_t i = 0; i < DEPTH; i++)
        memcpy(text + sizeof opens * i % (sizeof text - sizeof opens), opens, sizeof opens);
    refused(text, sizeof text, "not JSON");
}

static void a_key_occurs_once(void **state) {
    (void)state;
    Error err = {0};
    cJSON *object = accepted("{\"a\": 1, \"A\": 2, \"b\": {\"a\": 1}, \"\": 0}");
    assert_true(json_check_keys(object, "some.json", &err));
    cJSON_Delete(object);
    object = accepted("{\"a\": 1, \"b\": 2, \"c\": 3, \"a\": 1}");
    assert_false(json_check_keys(object, "some.json", &err));
    assert_string_equal(err.text, "some.json: \"a\" occurs twice");
    cJSON_Delete(object);
    object = accepted("{}");
    assert_true(json_check_keys(object, "some.json", &err));
    cJSON_Delete(object);
}

static void integers_are_integers(void **state) {
    (void)state;
    static const struct {
        const char *value, *message;  // message: NULL if accepted
        long long expected;
    } cases[] = {
        {"7", NULL, 7},
        {"-3", NULL, -3},
        {"7.0", NULL, 7},
        {"1e1", NULL, 10},
        {"-0", NULL, 0},
        {"10", NULL, 10},
        {"11", "is 11, expected an integer from -3 to 10", 0},
        {"-4", "is -4, expected", 0},
        {"1.5", "is 1.5, expected", 0},
        {"1e300", "is 1.0000000000000001e+300", 0},
        {"-1e300", "is -1.0000000000000001e+300", 0},
        {"1e999", "expected an integer from -3 to 10", 0},
        {"9223372036854775808", "expected an integer from -3 to 10", 0},
        {"true", "is not a number", 0},
        {"null", "is not a number", 0},
        {"\"7\"", "is not a number", 0},
        {"[7]", "is not a number", 0},
        {"{}", "is not a number", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        Error err = {0};
        long long got = -99;
        snprintf(text, sizeof text, "{\"size\": %s}", cases[i].value);
        cJSON *object = accepted(text);
        bool ok = json_integer(object->child, "some.json", "size", -3, 10, &got, &err);
        cJSON_Delete(object);
        assert_int_equal(ok, cases[i].message == NULL);
        assert_int_equal(got, ok ? cases[i].expected : -99);
        if (ok) continue;
        assert_contains(err.text, "some.json: \"size\" is ");
        assert_contains(err.text, cases[i].message);
    }
    Error err = {0};
    long long got;
    assert_false(json_integer(NULL, "some.json", "size", 0, 1, &got, &err));
    assert_contains(err.text, "\"size\" is missing, expected an integer from 0 to 1");
}

static void files_are_named(void **state) {
    (void)state;
    Error err = {0};
    cJSON *object = json_load_object(scratch_write_text("good.json", "{\"a\": 1}"), &err);
    assert_non_null(object);
    cJSON_Delete(object);
    assert_null(json_load_object(scratch_write_text("empty.json", ""), &err));
    assert_contains(err.text, "empty.json: not JSON");
    assert_null(json_load_object(scratch_path("missing.json"), &err));
    assert_contains(err.text, "missing.json: No such file");
    assert_null(json_load_object(scratch_folder, &err));
    assert_contains(err.text, "a directory");
}

static void *no_memory(size_t size) {
    (void)size;
    errno = ENOMEM;
    return NULL;
}

static void a_lack_of_memory_is_not_the_files_fault(void **state) {
    (void)state;
    Error err = {0};
    cJSON_InitHooks(&(cJSON_Hooks){no_memory, free});
    assert_null(json_parse_object("some.json", "{}", 2, &err));
    cJSON_InitHooks(NULL);
    assert_int_equal(err.kind, XATTN_NO_MEMORY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_are_read),
        cmocka_unit_test(what_is_no_json_is_refused),
        cmocka_unit_test(a_file_that_is_too_large_is_refused),
        cmocka_unit_test(only_an_object_will_do),
        cmocka_unit_test(text_behind_it_is_refused),
        cmocka_unit_test(nul_cannot_hide_a_rest),
        cmocka_unit_test(bytes_that_are_not_utf8_are_refused),
        cmocka_unit_test(deep_nesting_ends_with_an_error),
        cmocka_unit_test(a_key_occurs_once),
        cmocka_unit_test(integers_are_integers),
        cmocka_unit_test(files_are_named),
        cmocka_unit_test(a_lack_of_memory_is_not_the_files_fault),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
