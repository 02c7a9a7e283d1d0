/* What cannot be translated, found in texts with the vocabulary that comes with xattn. */
#include "text/spans.h"

#include "../base/scratch.h"
#include "shipped.h"
#include "spm_file.h"

static Tokenizer tokenizer;
static Arena arena;
static Known known;

static int load(void **state) {
    Error err;
    if (scratch_make(state)) return 1;
    if (!shipped_tokenizer(&tokenizer, &arena, &err)) return print_error("%s\n", err.text), 1;
    known.side = &tokenizer.source;
    return 0;
}

static int unload(void **state) {
    known_free(&known);
    tokenizer_free(&tokenizer);
    arena_free(&arena);
    return scratch_remove(state);
}

/* The spans with | between them, each after the letter of its kind. */
static void expect(const char *text, const char *expected) {
    Error err;
    Buffer got = {0};
    SpanList spans = {0};
    size_t end = 0;
    if (!spans_find(&known, text, strlen(text), &spans, &err)) fail_msg("%s", err.text);
    buffer_string(&got, "");
    for (size_t i = 0; i < spans.n; i++) {
        const TextSpan *s = &spans.items[i];
        assert_true(s->begin >= end && s->begin < s->end && s->end <= strlen(text));
        buffer_format(&got, "%s%c%s %.*s", i ? "|" : "", "NESP"[s->kind], s -> topic ? "#" : "",
                      (int)(s->end - s->begin), text + s->begin);
        end = s->end;
    }
    assert_string_equal(got.data, expected);
    buffer_free(&got);
    span_list_free(&spans);
}

static void what_can_be_translated_is_left(void **state) {
    (void)state;
    expect("", "");
    expect("The cat sat on the mat, didn't it? 50%, $5 - \"no\" (1.5).", "");
    expect("“Why?” – ‘No’… «été», l’œuf 20 °C", "");
    expect("Zürich, naïve, Malmö", "");
    expect("half ½ m²", "N ½");  // the normalizer makes it 1⁄2, with a sign of its own
    expect("soft\u200Bspace", "");
}

static void emoji_are_whole(void **state) {
    (void)state;
    expect("I love you 😀", "E# 😀");
    expect("👩‍👩‍👧‍👦 and 🇫🇷🇩🇪 and 👍🏽 and 1️⃣ and ❤️!",
           "E# 👩‍👩‍👧‍👦|E# 🇫🇷🇩🇪|E# 👍🏽|E# 1️⃣|E# ❤️");
    expect("😀😀 😀 #a", "N# 😀😀 😀 #a");
    expect("love❤you", "E# ❤");
    expect("© 2020, Apple® ™", "S# ©|N Apple®");
}

/* Checks the spans of texts, each followed by the expected answer, with the vocabulary of a .spm
   file. */
static void expect_of(const Buffer *file, size_t n, const char *const (*cases)[2]) {
    Error err;
    Arena memory = {0};
    Tokenizer other;
    const char *path = scratch_write("other.spm", file->data, file->size);
    if (!tokenizer_load_spm(path, n, NULL, 0, &other, &memory, &err)) fail_msg("%s", err.text);
    Known usual = known;
    known = (Known){.side = &other.source};
    for (; (*cases)[0]; cases++) expect((*cases)[0], (*cases)[1]);
    known_free(&known);
    known = usual;
    tokenizer_free(&other);
    arena_free(&memory);
}

/* A vocabulary of Latin letters, digits and common punctuation, each a piece. */
static void expect_of_characters(const char *const (*cases)[2]) {
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        ".,;:!?'\"()-/%&=+$";
    Buffer file = {0};
    spm_file_pieces(
        &file,
        (const SpmRow[]){
            {"<unk>", 0, SPM_UNKNOWN}, {"</s>", 0, SPM_CONTROL}, {"\u2581", -1, SPM_NORMAL}, {0}});
    for (const char *c = characters; *c; c++) spm_file_piece(&file, c, 1, -1, SPM_NORMAL);
    expect_of(&file, 3 + strlen(characters), cases);
    buffer_free(&file);
}

static void names_are_found_where_words_begin(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"See https://example.com/a. Then (www.b.org)!", "N https://example.com/a|N www.b.org"},
        {"Mail \"a@b.fr\", @tom: #a #b.", "N a@b.fr|N @tom|N# #a #b"},
        {"Open README.md and run `make test`.", "N README.md|N `make test`"},
        {"x@ tom a`b", "S# @|S# `"},
        {"a`b` `c", "N `b` `"},
        {NULL}};
    expect_of_characters(cases);
}

static void words_that_cannot_be_spelled_are_names(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"My name is 田中.", "N 田中"},
                                           {"Кошка сидит на ковре.", "N Кошка сидит на ковре"},
                                           {"C# and x^2=4, _a", "N C#|N x^2=4|N _a"},
                                           {"5₴ or ₴5 or 5 ₴", "N 5₴|N ₴5|S# ₴"},
                                           {"Nguyễn-Văn and l'Ẽa", "N Nguyễn-Văn|N l'Ẽa"},
                                           {"私はTomです", "N 私は|N です"},
                                           {NULL}};
    expect_of_characters(cases);
}

static void signs_are_found(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"A → B", "S# →"},
                                           {"a [note] b", "S# [|S# ]"},
                                           {"**bold** a|b", "S# **|S# **|S# |"},
                                           {"A \xFF dog", "S# \xFF"},
                                           {NULL}};
    expect_of_characters(cases);
    expect("你好，世界。", "N 你好|N 世界。");  // the normalizer makes the comma one that it knows
}

/* A vocabulary that knows no quotes and dashes but those of ASCII. */
static void punctuation_may_be_read_as_ascii(void **state) {
    (void)state;
    Buffer file = {0};
    spm_file_pieces(&file, (const SpmRow[]){{"<unk>", 0, SPM_UNKNOWN},
                                            {"</s>", 0, SPM_CONTROL},
                                            {"\u2581", -1, SPM_NORMAL},
                                            {"a", -1, SPM_NORMAL},
                                            {"\"", -1, SPM_NORMAL},
                                            {"\'", -1, SPM_NORMAL},
                                            {0}});
    static const char *const cases[][2] = {
        {"a “a” ‘a’ – a…", "P “|P ”|P ‘|P ’|P –|P …"}, {"«😀» a!", "P «|E# 😀|P »|S# !"}, {NULL}};
    expect_of(&file, 6, cases);
    buffer_free(&file);
}

/* A vocabulary without the single space that encoding puts in front of every text, with and without
   byte pieces. */
static void the_space_in_front_is_not_asked_about(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"a, a$ a,a", ""}, {"a,b ₴, a", "N b ₴"}, {NULL}};
    for (int bytes = 0; bytes < 2; bytes++) {
        Buffer file = {0};
        spm_file_pieces(&file, (const SpmRow[]){{"<unk>", 0, SPM_UNKNOWN},
                                                {"</s>", 0, SPM_CONTROL},
                                                {"\u2581a", -1, SPM_NORMAL},
                                                {"a", -1, SPM_NORMAL},
                                                {",", -1, SPM_NORMAL},
                                                {"$", -1, SPM_NORMAL},
                                                {0}});
        if (bytes) spm_file_byte_pieces(&file);
        expect_of(&file, bytes ? 262 : 6, cases);
        buffer_free(&file);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_translated_is_left),
        cmocka_unit_test(names_are_found_where_words_begin),
        cmocka_unit_test(words_that_cannot_be_spelled_are_names),
        cmocka_unit_test(emoji_are_whole),
        cmocka_unit_test(signs_are_found),
        cmocka_unit_test(punctuation_may_be_read_as_ascii),
        cmocka_unit_test(the_space_in_front_is_not_asked_about),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
