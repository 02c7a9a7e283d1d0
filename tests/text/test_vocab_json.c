/* The reader of vocab.json's usual form against cJSON: whatever it accepts, cJSON reads in the same way. */
#include "text/vocab_json.h"

#include "../base/scratch.h"
#include "base/buffer.h"
#include "base/json.h"

enum { ROWS = 12 };

/* Whether the reader accepts the text. If so, its vocabulary is that of cJSON. */
static bool accepts(const char *text, size_t n) {
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    assert_true(vocab_alloc(&vocab, ROWS, &arena, &err));
    char *copy = malloc(n + !n);  // so that a sanitizer sees the end
    assert_non_null(copy);
    memcpy(copy, text, n);
    bool ok = vocab_json_read(copy, n, &vocab, &arena);
    if (ok) {
        cJSON *object = json_parse_object("vocab.json", text, n, &err), *entry;
        if (!object) fail_msg("accepted, but %s: %.*s", err.text, (int)n, text);
        size_t found = 0;
        for (size_t id = 0; id < ROWS; id++) found += vocab.pieces[id] != NULL;
        assert_int_equal(found, cJSON_GetArraySize(object));
        cJSON_ArrayForEach (entry, object) {
            assert_string_equal(vocab.pieces[entry->valueint], entry->string);
            assert_int_equal(vocab_find(&vocab, entry->string, strlen(entry->string)),
                             entry->valueint);
        }
        cJSON_Delete(object);
    }
    free(copy);
    arena_free(&arena);
    return ok;
}

/* Compact, indented, with escapes, and with characters of every length. */
static const char *const usual[] = {
    "{\"</s>\":0,\"<unk>\":1,\"\xE2\x96\x81the\":10}",
    "{\n  \"</s>\": 0,\r\n\t\"a b\" : 3 , \"\": 11 }\n",
    "{\"\\u2581caf\\u00E9\": 1, \"\\u0041\\uabCD\\uFFFF\": 2, \"\\\"\\\\\\/\": 3}",
    "{\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x99\x82\x7F\": 9}",
};
enum { N_USUAL = sizeof usual / sizeof *usual };

static void the_usual_forms_are_read(void **state) {
    (void)state;
    for (size_t i = 0; i < N_USUAL; i++) assert_true(accepts(usual[i], strlen(usual[i])));
}

static void every_other_form_is_left_to_cjson(void **state) {
    (void)state;
    static const char *const others[] = {"",
                                         " ",
                                         "{",
                                         "{}",
                                         "[]",
                                         "null",
                                         "[\"a\", 1]",
                                         "{\"a\": {\"b\": 1}}",
                                         "{\"a\": \"1\"}",
                                         "{\"a\": null}",
                                         "{\"a\": 12}",
                                         "{\"a\": 4294967296}",
                                         "{\"a\": 10000000000000000000001}",
                                         "{\"a\": 01}",
                                         "{\"a\": 00}",
                                         "{\"a\": -1}",
                                         "{\"a\": +1}",
                                         "{\"a\": 1.0}",
                                         "{\"a\": 1e0}",
                                         "{\"a\": }",
                                         "{\"a\" 1}",
                                         "{\"a\": 1,}",
                                         "{\"a\": 1 \"b\": 2}",
                                         "{a: 1}",
                                         "{'a': 1}",
                                         "{\"a\": 1",
                                         "{\"a\": 1]",
                                         "{\"a\": 1}}",
                                         "{\"a\": 1} x",
                                         "{,\"a\": 1}",
                                         "{\"a\": 1, \"a\": 2}",
                                         "{\"a\": 1, \"b\": 1}",
                                         "{\"a\n\": 1}",
                                         "{\"a\": 1\f}",
                                         "\xEF\xBB\xBF{\"a\": 1}",
                                         "{\"\\n\": 1}",
                                         "{\"\\u0000\": 1}",
                                         "{\"\\ud83d\\ude42\": 1}",
                                         "{\"\\ude42\": 1}",
                                         "{\"\\u12g4\": 1}",
                                         "{\"\\u12",
                                         "{\"\\",
                                         "{\"\xC0\xAF\": 1}",
                                         "{\"\xED\xA0\x80\": 1}",
                                         "{\"\xE2\x96\": 1}",
                                         "{\"\xE2\x96"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (accepts(others[i], strlen(others[i]))) fail_msg("accepted: %s", others[i]);
    static const char nul[] = "{\"a\": 1}\0", inside[] = "{\"a\0\": 1}";
    assert_false(accepts(nul, sizeof nul - 1));
    assert_false(accepts(inside, sizeof inside - 1));
}

static void a_piece_of_any_length_is_safe(void **state) {
    (void)state;
    for (size_t n = 900; n < 1100; n++) {
        Buffer text = {0};
        buffer_string(&text, "{\"");
        for (size_t i = 0; i < n; i++) buffer_string(&text, i % 3 ? "\xF0\x9F\x99\x82" : "a");
        buffer_string(&text, "\": 1}");
        assert_false(accepts(text.data, text.size));
        buffer_clear(&text);
        buffer_format(&text, "{\"%0*d\": 1}", (int)n, 0);
        assert_int_equal(accepts(text.data, text.size), n < 1020);
        buffer_free(&text);
    }
}

/* Each usual form with one byte changed, or its end cut off. */
static void damage_is_seen(void **state) {
    (void)state;
    char text[128];
    for (size_t i = 0; i < N_USUAL; i++) {
        size_t n = strlen(usual[i]), end = n;
        while (usual[i][end - 1] != '}') end--;
        memcpy(text, usual[i], n);
        for (size_t at = 0; at < n; at++) {
            for (int byte = 0; byte < 256; byte++) {
                text[at] = (char)byte;
                (void)accepts(text, n);
            }
            text[at] = usual[i][at];
            assert_int_equal(accepts(text, at), at >= end);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_forms_are_read),
        cmocka_unit_test(every_other_form_is_left_to_cjson),
        cmocka_unit_test(a_piece_of_any_length_is_safe),
        cmocka_unit_test(damage_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
