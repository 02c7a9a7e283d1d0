/* The subset of YAML that Marian's settings are written in, and what lies outside of it. */
#include "base/yaml.h"

#include "scratch.h"

static Arena arena;
static Error err;

static int forget(void **state) {
    (void)state;
    arena_free(&arena);
    return 0;
}

static Yaml parsed(const char *text) {
    Yaml yaml;
    if (!yaml_parse("settings", text, strlen(text), &yaml, &arena, &err)) fail_msg("%s", err.text);
    return yaml;
}

static void values_are_found(void **state) {
    (void)state;
    Yaml yaml = parsed(
        "# Marian\n---\ndim-emb: 256\ntype: transformer  # not rnn\r\nempty: \"\"\nquoted: 'a: "
        "#b'\n"
        "none: []\nin-line: [a, \"b c\" , 3]\nbelow:\n  - 32000\n- \"x\"\nnothing:\n\nlast: 1.5");
    size_t size;
    bool flag;
    assert_int_equal(yaml.n, 9);
    assert_true(yaml_size(&yaml, "dim-emb", 1, 256, &size, &err) && size == 256);
    assert_string_equal(yaml_text(&yaml, "type", NULL, &err), "transformer");
    assert_string_equal(yaml_text(&yaml, "empty", NULL, &err), "");
    assert_string_equal(yaml_text(&yaml, "quoted", NULL, &err), "a: #b");
    assert_string_equal(yaml_text(&yaml, "last", NULL, &err), "1.5");
    assert_string_equal(yaml_text(&yaml, "absent", "other", &err), "other");
    assert_true(yaml_find(&yaml, "none")->n == 0 && yaml_find(&yaml, "none")->is_list);
    const YamlEntry *list = yaml_find(&yaml, "in-line");
    assert_true(list->n == 3 && list->line == 8);
    assert_string_equal(list->values[1], "b c");
    list = yaml_find(&yaml, "below");
    assert_int_equal(list->n, 2);
    assert_string_equal(list->values[0], "32000");
    assert_string_equal(list->values[1], "x");
    assert_true(yaml_flag(&yaml, "absent", true, &flag, &err) && flag);
    assert_null(yaml_find(&yaml, "Type"));
}

static void wrong_values_are_named(void **state) {
    (void)state;
    Yaml yaml = parsed("size: -3\nbig: 99999999999999999999\nword: many\nlist: [1]\nflag: yes\n");
    size_t size;
    bool flag;
    assert_false(yaml_size(&yaml, "size", 0, 9, &size, &err));
    assert_string_equal(err.text, "settings: \"size\" is -3, expected a whole number from 0 to 9");
    assert_false(yaml_size(&yaml, "big", 0, SIZE_MAX, &size, &err));
    assert_false(yaml_size(&yaml, "word", 0, 9, &size, &err));
    assert_false(yaml_size(&yaml, "absent", 0, 9, &size, &err));
    assert_string_equal(err.text, "settings: no \"absent\"");
    assert_null(yaml_text(&yaml, "list", "", &err));
    assert_string_equal(err.text, "settings: \"list\" in line 4 must be one value");
    assert_false(yaml_flag(&yaml, "flag", false, &flag, &err));
    assert_string_equal(err.text, "settings: \"flag\" is yes, expected true or false");
}

static void what_is_outside_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"a: 1\nno colon\n", "line 2: expected `key: value`"},
        {": 1", "line 1: expected `key: value`"},
        {"a:1", "line 1: expected `key: value`"},
        {"a: 1\na: 2", "line 2: a duplicate key"},
        {"a:\n  b: 1", "line 2: a map inside a map"},
        {"- 1", "line 1: a list item that belongs to no key"},
        {"a: 1\n- 2", "line 2: a list item that belongs to no key"},
        {"a: [1, 2\n", "line 1: a list that is not closed"},
        {"a: |\n  text", "line 1: this kind of YAML value"},
        {"a: &b 1", "line 1: this kind of YAML value"},
        {"a: {b: 1}", "line 1: this kind of YAML value"},
        {"a: \"b", "line 1: quotes do not match"},
        {"a: \"b\\n\"", "line 1: quotes do not match, or hold an escape"},
        {"a: \"", "line 1: quotes do not match"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Yaml yaml;
        const char *text = cases[i].text;
        if (yaml_parse("settings", text, strlen(text), &yaml, &arena, &err))
            fail_msg("accepted: %s", text);
        assert_contains(err.text, cases[i].message);
    }
    Yaml yaml;
    assert_false(yaml_parse("settings", "a: b\0c", 6, &yaml, &arena, &err));
    assert_contains(err.text, "line 1: a NUL byte");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(values_are_found, forget),
        cmocka_unit_test_teardown(wrong_values_are_named, forget),
        cmocka_unit_test_teardown(what_is_outside_is_refused, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
