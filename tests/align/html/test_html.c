/* Reports: what they hold, and that no text escapes; tests/browser opens them in a browser. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../fixture.h"
#include "align/html/page.h"
#include "base/buffer.h"

static size_t count(const Buffer *out, const char *part) {
    size_t n = 0;
    for (const char *at = out->data; (at = strstr(at, part)); at += strlen(part)) n++;
    return n;
}

/* A report of the fixture's translation, n times; to free. */
static Buffer report(const char *title, const char *source, size_t n, bool runners_up) {
    static xattn_runner_up others[] = {{"a", 1, -1.0f},     {"b", 2, -2.0f}, {"\"<", 3, -3.5f},
                                       {"d", 4, -INFINITY}, {"e", 5, -5.0f}, {"f", 6, -6.0f}};
    xattn_translation t = fixture_translation();
    Error err;
    Buffer out = {0};
    t.n_runners_up = runners_up;
    t.runners_up = runners_up ? others : NULL;
    t.source_text = source;
    assert_true(xattn_html_begin(title, &out, &err));
    for (size_t i = 0; i < n; i++) assert_true(xattn_html_translation(&t, NULL, &out, &err));
    assert_true(xattn_html_end(&out, &err));
    return out;
}

static void a_report_is_one_complete_page(void **state) {
    (void)state;
    Buffer out = report("A report", "I cat.", 2, false);
    assert_int_equal(strncmp(out.data, "<!doctype html>\n<html lang=\"en\">\n", 33), 0);
    assert_non_null(strstr(out.data, "default-src 'none'; style-src 'unsafe-inline'"));
    assert_non_null(strstr(out.data, "<title>A report</title>"));
    assert_int_equal(count(&out, "<script type=\"application/json\" class=\"sentence\">"), 2);
    assert_string_equal(out.data + out.size - 26, "</script>\n</body>\n</html>\n");
    buffer_free(&out);
}

static void the_parts_of_the_page_are_whole(void **state) {
    (void)state;
    Buffer out = report("A report", "I cat.", 1, false);
    assert_non_null(strstr(out.data, "\"use strict\";"));
    assert_int_equal(strlen(out.data), out.size);  // no NUL from an array
    assert_true(page_css_size > 1000 && page_html_size > 1000 && page_js_size > 1000);
    assert_true(maps_js_size > 1000 && steps_js_size > 1000);
    assert_int_equal(count(&out, "<script>\n// "), 3);
    assert_int_equal(count(&out, "\n</script>\n"), 3);
    assert_int_equal(count(&out, "://"), count(&out, "\"http://www.w3.org/2000/svg\""));  // a name
    buffer_free(&out);
}

static void no_text_ends_a_script_or_a_title(void **state) {
    (void)state;
    size_t usual, hostile;
    Buffer out = report("plain", "plain", 1, false);
    usual = count(&out, "<");
    buffer_free(&out);
    out = report("</title><script>alert(1)</script>&",
                 "\"</script><!--<script>alert('x')</script>&amp;\\u003c", 1, false);
    hostile = count(&out, "<");
    assert_int_equal(hostile, usual);
    assert_non_null(strstr(
        out.data, "<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;</title>"));
    assert_non_null(strstr(out.data,
                           "\"source\":\"\\\"\\u003c/script\\u003e\\u003c!--\\u003cscript\\u003e"
                           "alert('x')\\u003c/script\\u003e\\u0026amp;\\\\u003c\""));
    buffer_free(&out);
}

static void a_sentence_has_its_words_and_maps(void **state) {
    (void)state;
    Buffer out = report("A report", "I cat.", 1, false);
    assert_non_null(strstr(out.data, ",\"layer\":1,\"head\":\"mean\",\"attention\":["));
    assert_non_null(strstr(out.data,
                           "\"target_words\":[[\"J'\",0,2,true],[\"chat\",2,2,true],"
                           "[\".\",4,1,false],[\"\\u003c/s\\u003e\",5,1,true]]"));
    assert_non_null(strstr(out.data, "\"layers\":2,\"heads\":3,"));
    const char *cells = strstr(out.data, "\"attention\":[");
    char *end = strchr(cells, ']');
    *end = '\0';
    size_t commas = 0;
    for (const char *at = cells; *at; at++) commas += *at == ',';
    assert_int_equal(commas, 2 * 3 * 6 * 5 - 1);
    *end = ']';
    assert_non_null(strstr(out.data, "\"logprobs\":[-0.1,-0.25,-1.5,-0.0625,-0.001,-1.23e-05]"));
    assert_int_equal(count(&out, "\"runners_up\":"), 0);
    buffer_free(&out);
}

static void runners_up_are_optional(void **state) {
    (void)state;
    Buffer out = report("A report", "I cat.", 1, true);
    assert_non_null(strstr(out.data,
                           "\"runners_up\":[[[\"a\",-1]],[[\"b\",-2]],[[\"\\\"\\u003c\","
                           "-3.5]],[[\"d\",-10000]],[[\"e\",-5]],[[\"f\",-6]]]"));
    buffer_free(&out);
}

static void an_empty_translation_is_a_sentence_too(void **state) {
    (void)state;
    xattn_translation t = {.source_text = "", .text = "", .n_layers = 1, .n_heads = 2};
    Error err;
    Buffer out = {0};
    assert_true(xattn_html_translation(&t, NULL, &out, &err));
    assert_string_equal(
        out.data,
        "<script type=\"application/json\" class=\"sentence\">"
        "{\"source\":\"\",\"target\":\"\",\"source_pieces\":[],\"target_pieces\":[],"
        "\"source_words\":[],\"target_words\":[],\"layers\":1,\"heads\":2,"
        "\"layer\":0,\"head\":0,\"attention\":[],\"truncated\":false}</script>\n");
    buffer_free(&out);
}

/* The map that the page shows first: the model's own, another one, one of all. */
static void the_first_map_is_chosen(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_map_options choice = {XATTN_MAP_OPTIONS, .has_head = true, .head = 2};
    Error err;
    Buffer out = {0};
    t.map_layer = 0;
    t.map_head = 1;
    t.map_is_trained = true;
    assert_true(xattn_html_translation(&t, NULL, &out, &err));
    assert_non_null(
        strstr(out.data, "\"layer\":0,\"head\":1,\"remark\":\"the model's alignment head\""));
    buffer_clear(&out);
    assert_true(xattn_html_translation(&t, &choice, &out, &err));
    assert_non_null(strstr(out.data, "\"layer\":0,\"head\":2,\"attention\""));
    buffer_clear(&out);
    choice.head = XATTN_ALL;
    assert_true(xattn_html_translation(&t, &choice, &out, &err));
    assert_non_null(strstr(out.data, "\"layer\":0,\"head\":1,\"remark\""));
    buffer_clear(&out);
    choice.head = 3;
    assert_false(xattn_html_translation(&t, &choice, &out, &err));
    t.attention = NULL;
    assert_false(xattn_html_translation(&t, NULL, &out, &err));
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_is_one_complete_page),
        cmocka_unit_test(the_parts_of_the_page_are_whole),
        cmocka_unit_test(no_text_ends_a_script_or_a_title),
        cmocka_unit_test(a_sentence_has_its_words_and_maps),
        cmocka_unit_test(runners_up_are_optional),
        cmocka_unit_test(an_empty_translation_is_a_sentence_too),
        cmocka_unit_test(the_first_map_is_chosen),
    };
    return cmocka_run_group_tests(tests, NULL, false);
}
