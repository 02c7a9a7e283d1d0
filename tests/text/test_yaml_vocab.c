/* Marian's vocab.yml: quotes, escapes, and what is refused. The pieces expected are what PyYAML's
   BaseLoader makes of the same lines. */
#include "text/yaml_vocab.h"

#include "../base/scratch.h"

static bool load(const char *text, size_t n_bytes, size_t n, Vocab *vocab, Arena *arena,
                 Error *err) {
    const char *path = scratch_write("vocab.yml", text, n_bytes);
    return yaml_vocab_load(path, n, vocab, arena, err) && vocab_complete(vocab, path, err);
}

static void expect(const char *text, size_t n, const char *const *pieces) {
    Vocab vocab;
    Arena arena = {0};
    Error err = {0};
    if (!load(text, strlen(text), n, &vocab, &arena, &err)) fail_msg("%s", err.text);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(vocab.pieces[i], pieces[i]);
        assert_int_equal(vocab_find(&vocab, pieces[i], strlen(pieces[i])), i);
    }
    arena_free(&arena);
}

static void refused_bytes(xattn_error_kind kind, const char *text, size_t n_bytes, size_t n,
                          const char *message) {
    Vocab vocab;
    Arena arena = {0};
    Error err = {0};
    if (load(text, n_bytes, n, &vocab, &arena, &err)) fail_msg("read: %s", text);
    assert_contains(err.text, "vocab.yml: ");
    assert_contains(err.text, message);
    if (err.kind != kind) fail_msg("kind %d: %s", (int)err.kind, err.text);
    arena_free(&arena);
}

static void refused_as(xattn_error_kind kind, const char *text, size_t n, const char *message) {
    refused_bytes(kind, text, strlen(text), n, message);
}

static void refused(const char *text, size_t n, const char *message) {
    refused_as(XATTN_MALFORMED, text, n, message);
}

static void lines_are_read(void **state) {
    (void)state;
    expect("</s>: 0\n<unk>: 1\n\u2581the: 2\n", 3,
           (const char *const[]){"</s>", "<unk>", "\u2581the"});
    expect("---\n# pieces\n\nb: 1\r\na: 0", 2, (const char *const[]){"a", "b"});  // in any order
}

static void quotes_and_escapes_are_read(void **state) {
    (void)state;
    expect("\",\": 0\n':': 1\n'''': 2\n\"\\\"\": 3\n\"\\\\\": 4\n\"\": 5\n", 6,
           (const char *const[]){",", ":", "'", "\"", "\\", ""});
    expect(
        "\"\\u2581a\": 0\n\"\\xE9\": 1\n\"\\U0001F600\": 2\n\"\\t\": 3\n\"\\_\": 4\n\"\\N\": 5\n",
        6, (const char *const[]){"\u2581a", "\u00E9", "\U0001F600", "\t", "\u00A0", "\xC2\x85"});
    expect("a: b: 0\n-: 1\n- -: 2\n1: 3\ntrue: 4\n: 5\n", 6,
           (const char *const[]){"a: b", "-", "- -", "1", "true", ""});
    expect("a:  0\nb:   1  \n", 2, (const char *const[]){"a", "b"});
}

static void json_is_read(void **state) {
    (void)state;
    expect(" {\"a\": 0,\n  \"\\u2581b\": 1}\n", 2, (const char *const[]){"a", "\u2581b"});
}

static void wrong_lines_are_refused(void **state) {
    (void)state;
    static const char id[] = "expected `piece: id`, with an id from 0 to 1";
    refused("a: 0\nb\n", 2, "line 2: expected `piece: id`");
    refused("a:0\n", 2, id);
    refused("a: \n", 2, id);
    refused("a: x\n", 2, id);
    refused("a: -1\n", 2, id);
    refused("a: 1.5\n", 2, id);
    refused("a: 1 2\n", 2, id);
    refused("a: 2\n", 2, id);
    refused("a: 99999999999999999999999\n", 2, id);
    refused("\"a\" 0\n", 2, id);
    refused("\"a: 0\n", 2, "a quote that is not closed");
    refused("'a: 0\n", 2, "a quote that is not closed");
    refused("\"\\q\": 0\n", 2, "an escape that YAML does not have");
    refused("\"\\", 2, "an escape that YAML does not have");
    refused("\"\\u12", 2, "an escape that is not a character");
    refused("\"\\uD800\": 0\n", 2, "an escape that is not a character");
    refused("\"\\U00110000\": 0\n", 2, "an escape that is not a character");
    refused("\"\\UFFFFFFFF\": 0\n", 2, "an escape that is not a character");
    refused("\"\\x00\": 0\n", 2, "an escape that is not a character");
    static const char other[] = "line 1: this kind of YAML is not supported";
    refused_as(XATTN_UNSUPPORTED, "? a\n: 0\n", 2, other);
    refused_as(XATTN_UNSUPPORTED, "&a b: 0\n", 2, other);
    refused_as(XATTN_UNSUPPORTED, "[a]: 0\n", 2, other);
    refused("a: 0\na: 1\n", 2, "\"a\" occurs twice");
    refused("a: 0\nb: 0\n", 2, "\"a\" and \"b\" have the same id 0");
    refused("b: 1\n", 2, "no piece has the id 0, and one has 1");
    refused("", 2, "0 pieces, the model has embeddings for 2");
    refused("\xFF: 0\n", 2, "line 1: not UTF-8, or a NUL");
    refused_bytes(XATTN_MALFORMED, "a\0: 0\n", 6, 2, "line 1: not UTF-8, or a NUL");
    refused("{\"a\": 0, \"a\": 1}", 2, "\"a\" occurs twice");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(quotes_and_escapes_are_read),
        cmocka_unit_test(json_is_read),
        cmocka_unit_test(wrong_lines_are_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
