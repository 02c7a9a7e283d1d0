/* Text to a model's ids and back: tags, unknown pieces, long texts, one vocabulary or two. */
#include "text/tokenizer.h"

#include "../base/scratch.h"
#include "tiny_model.h"

/* A model's files, its tokenizer and the tokens of the last text. */
typedef struct {
    char *directory;
    TinyModel options;
    Tokenizer tokenizer;
    Arena arena;
    Tokens tokens;
    bool cut;
} Fixture;

static bool load(Fixture *f, Error *err) {
    const TinyModel *o = &f->options;
    return tokenizer_load(f->directory, o->source_vocab, o->separate_vocabs ? o->target_vocab : 0,
                          &f->tokenizer, &f->arena, err);
}

static void fixture_free(Fixture *f) {
    tokenizer_free(&f->tokenizer);
    arena_free(&f->arena);
    tiny_model_remove(f->directory);
}

/* Loads into *f, which must stay where it is. */
static void fixture(bool tags, bool separate, Fixture *f) {
    Error err = {0};
    *f = (Fixture){.options = tiny_model_default()};
    f->options.tags = tags;
    f->options.separate_vocabs = separate;
    f->options.target_vocab = 70;
    f->directory = tiny_model_write(&f->options);
    if (!load(f, &err)) fail_msg("%s", err.text);
}

static void encode(Fixture *f, Side side, const char *text, size_t n, size_t max_tokens) {
    Error err = {0};
    if (!tokenizer_encode(&f->tokenizer, side, text, n, max_tokens, &f->tokens, &f->cut, &f->arena,
                          &err))
        fail_msg("%s", err.text);
}

/* `expected` is "ID:PIECE ID:PIECE …" with everything but the final </s>, whose id is 0. */
static void expect(Fixture *f, Side side, const char *text, const char *expected) {
    Buffer got = {0};
    encode(f, side, text, strlen(text), SIZE_MAX);
    assert_false(f->cut);
    for (size_t i = 0; i + 1 < f->tokens.n; i++)
        buffer_format(&got, "%s%d:%s", i ? " " : "", f->tokens.ids[i], f->tokens.pieces[i]);
    assert_string_equal(got.data ? got.data : "", expected);
    assert_int_equal(f->tokens.ids[f->tokens.n - 1], 0);
    assert_string_equal(f->tokens.pieces[f->tokens.n - 1], "</s>");
    buffer_free(&got);
}

static void pieces_get_the_ids_of_the_vocabulary(void **state) {
    (void)state;
    Fixture f;
    fixture(false, false, &f);
    expect(&f, XATTN_SOURCE, "abc a", "2:▁a 29:b 30:c 2:▁a");
    expect(&f, XATTN_TARGET, "abc a", "2:▁a 29:b 30:c 2:▁a");
    expect(&f, XATTN_SOURCE, "", "");
    assert_string_equal(tokenizer_piece(&f.tokenizer, XATTN_SOURCE, 29), "b");
    assert_string_equal(tokenizer_piece(&f.tokenizer, XATTN_TARGET, 60), "<pad>");
    fixture_free(&f);
}

static void two_vocabularies_have_ids_of_their_own(void **state) {
    (void)state;
    Fixture f;
    fixture(false, true, &f);
    expect(&f, XATTN_SOURCE, "abc", "2:▁a 29:b 30:c");
    expect(&f, XATTN_TARGET, "abc", "68:▁a 41:b 40:c");
    assert_string_equal(tokenizer_piece(&f.tokenizer, XATTN_SOURCE, 2), "▁a");
    assert_string_equal(tokenizer_piece(&f.tokenizer, XATTN_TARGET, 68), "▁a");
    fixture_free(&f);
}

static void unknown_pieces_keep_their_text(void **state) {
    (void)state;
    Fixture f;
    fixture(false, false, &f);
    expect(&f, XATTN_SOURCE, "aéb", "2:▁a 1:é 29:b");
    expect(&f, XATTN_SOURCE, "a猫猫b", "2:▁a 1:猫猫 29:b");
    fixture_free(&f);
}

/* The .spm file may know pieces that the vocabulary lacks. */
static void pieces_that_the_vocabulary_lacks_are_unknown(void **state) {
    (void)state;
    Fixture f;
    fixture(false, false, &f);
    Error err = {0};
    tokenizer_free(&f.tokenizer);
    tiny_file_replace(f.directory, "vocab.json", "\"b\"", "\"é\"");
    assert_true(load(&f, &err));
    expect(&f, XATTN_SOURCE, "abc", "2:▁a 1:b 30:c");
    expect(&f, XATTN_SOURCE, "aé", "2:▁a 29:é");
    fixture_free(&f);
}

static void nul_does_not_end_a_text(void **state) {
    (void)state;
    Fixture f;
    fixture(false, false, &f);
    encode(&f, XATTN_SOURCE, "a\0b", 3, SIZE_MAX);
    assert_int_equal(f.tokens.n, 4);
    assert_true(f.tokens.ids[0] == 2 && f.tokens.ids[1] == 1 && f.tokens.ids[2] == 29);
    encode(&f, XATTN_SOURCE, "abc", 2, SIZE_MAX);  // the length counts, not a NUL
    assert_int_equal(f.tokens.n, 3);
    fixture_free(&f);
}

static void a_known_tag_is_one_token(void **state) {
    (void)state;
    Fixture f;
    fixture(true, false, &f);
    expect(&f, XATTN_SOURCE, ">>fra<< ab", "3:>>fra<< 4:▁a 31:b");
    expect(&f, XATTN_SOURCE, ">>deu<<ab", "2:>>deu<< 4:▁a 31:b");
    expect(&f, XATTN_SOURCE, ">>fra<<", "3:>>fra<<");
    expect(&f, XATTN_SOURCE, "ab", "4:▁a 31:b");  // it may be left out
    encode(&f, XATTN_SOURCE, "a >>fra<<", 9, SIZE_MAX);
    for (size_t i = 0; i < f.tokens.n; i++) assert_int_not_equal(f.tokens.ids[i], 3);
    fixture_free(&f);
}

static void tags_are_for_the_source(void **state) {
    (void)state;
    Fixture f;
    fixture(true, false, &f);
    encode(&f, XATTN_TARGET, ">>fra<< a", 9, SIZE_MAX);
    assert_int_not_equal(f.tokens.ids[0], 3);
    encode(&f, XATTN_TARGET, ">>xxx<< a", 9, SIZE_MAX);
    fixture_free(&f);
}

static void without_tags_a_tag_is_text(void **state) {
    (void)state;
    Fixture f;
    fixture(false, false, &f);
    encode(&f, XATTN_SOURCE, ">>fra<< a", 9, SIZE_MAX);
    assert_true(f.tokens.n > 3);
    fixture_free(&f);
}

static void refused(Fixture *f, const char *text, const char *message) {
    Error err = {0};
    assert_false(tokenizer_encode(&f->tokenizer, XATTN_SOURCE, text, strlen(text), SIZE_MAX,
                                  &f->tokens, &f->cut, &f->arena, &err));
    assert_string_equal(err.text, message);
}

/* A tag has no spaces and is not empty: what has only its marks is text. */
static void what_looks_like_a_tag_is_text(void **state) {
    (void)state;
    static const char *const texts[] = {">> On Monday he wrote: x << y",
                                        ">><<",
                                        ">>fra <<a",
                                        ">>\t<< a",
                                        ">> <<",
                                        ">>>fra",
                                        "<<fra>> a"};
    Fixture f;
    fixture(true, false, &f);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        encode(&f, XATTN_SOURCE, texts[i], strlen(texts[i]), SIZE_MAX);
        for (size_t k = 0; k < f.tokens.n; k++)
            assert_true(f.tokens.ids[k] != 2 && f.tokens.ids[k] != 3);
        assert_true(tokenizer_lacks_tag(&f.tokenizer, texts[i]));
    }
    assert_false(tokenizer_lacks_tag(&f.tokenizer, ">>fra<< a"));
    fixture_free(&f);
    fixture(false, false, &f);
    assert_false(tokenizer_lacks_tag(&f.tokenizer, "a"));
    fixture_free(&f);
}

static void an_unknown_tag_lists_the_known_ones(void **state) {
    (void)state;
    Fixture f;
    fixture(true, false, &f);
    refused(&f, ">>spa<< a", "unknown tag >>spa<<; the model knows >>deu<< >>fra<<");
    expect(&f, XATTN_SOURCE, ">>", "1:▁>>");
    // A long one is cut, between characters.
    char text[128] = ">>x", message[256];
    while (strlen(text) < 100) strcat(text, "é");
    snprintf(message, sizeof message, "unknown tag %.79s; the model knows >>deu<< >>fra<<", text);
    strcat(text, "<<");
    refused(&f, text, message);
    // One that is not UTF-8 has no characters to cut between.
    memset(text + 3, '\x99', strlen(text) - 5);
    snprintf(message, sizeof message, "unknown tag %.77s; the model knows >>deu<< >>fra<<", text);
    refused(&f, text, message);
    fixture_free(&f);
}

static void a_long_text_loses_its_end_and_keeps_its_eos(void **state) {
    (void)state;
    static const char text[] = "a b c d e f";
    Fixture f;
    fixture(true, false, &f);
    for (size_t most = 2; most <= 9; most++) {
        encode(&f, XATTN_SOURCE, text, strlen(text), most);
        size_t n = most < 7 ? most : 7;
        assert_int_equal(f.cut, most < 7);
        assert_int_equal(f.tokens.n, n);
        assert_int_equal(f.tokens.ids[n - 1], 0);
        for (size_t i = 0; i + 1 < n; i++) assert_int_equal(f.tokens.ids[i], 4 + i);
    }
    encode(&f, XATTN_SOURCE, ">>fra<< a b c", 13, 2);
    assert_true(f.cut && f.tokens.n == 2 && f.tokens.ids[0] == 3 && f.tokens.ids[1] == 0);
    encode(&f, XATTN_SOURCE, ">>fra<< a b c", 13, 4);
    assert_true(f.cut && f.tokens.n == 4 && f.tokens.ids[2] == 5 && f.tokens.ids[3] == 0);
    encode(&f, XATTN_SOURCE, ">>fra<< a b c", 13, 5);
    assert_false(f.cut);
    fixture_free(&f);
}

static void pieces_are_joined_without_the_special_ones(void **state) {
    (void)state;
    static const char *const pieces[] = {"<pad>", "▁a", "<unk>", "b", "é", "▁c", "</s>"};
    Fixture f;
    fixture(false, false, &f);
    Error err = {0};
    Buffer text = {0};
    assert_true(tokenizer_join(&f.tokenizer, XATTN_TARGET, pieces, 7, &text, &err));
    assert_string_equal(text.data, "abé c");
    buffer_clear(&text);
    assert_true(tokenizer_join(&f.tokenizer, XATTN_TARGET, pieces, 0, &text, &err));
    assert_int_equal(text.size, 0);
    buffer_free(&text);
    fixture_free(&f);
}

/* Every line of input has one line of output, and no command to a terminal, whatever a vocabulary
   holds. */
static void a_joined_text_has_no_control_characters(void **state) {
    (void)state;
    static const char *const pieces[] = {"\n▁a", "b\r\nc\x1b[2J\x7f\xc2\x9b[é"};
    Fixture f;
    fixture(false, false, &f);
    Error err = {0};
    Buffer text = {0};
    buffer_string(&text, "kept\n");
    assert_true(tokenizer_join(&f.tokenizer, XATTN_TARGET, pieces, 2, &text, &err));
    assert_string_equal(text.data, "kept\n  ab  c [2J   [é");
    buffer_free(&text);
    fixture_free(&f);
}

static void missing_files_are_named(void **state) {
    (void)state;
    static const char *const names[] = {"vocab.json", "target_vocab.json", "source.spm",
                                        "target.spm"};
    for (size_t i = 0; i < 4; i++) {
        Fixture f = {.options = tiny_model_default()};
        Error err = {0};
        char path[512];
        f.options.separate_vocabs = true;
        f.directory = tiny_model_write(&f.options);
        snprintf(path, sizeof path, "%s/%s", f.directory, names[i]);
        assert_int_equal(remove(path), 0);
        assert_false(load(&f, &err));
        assert_contains(err.text, path);
        assert_contains(err.text, "No such file");
        fixture_free(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_get_the_ids_of_the_vocabulary),
        cmocka_unit_test(two_vocabularies_have_ids_of_their_own),
        cmocka_unit_test(unknown_pieces_keep_their_text),
        cmocka_unit_test(pieces_that_the_vocabulary_lacks_are_unknown),
        cmocka_unit_test(nul_does_not_end_a_text),
        cmocka_unit_test(a_known_tag_is_one_token),
        cmocka_unit_test(tags_are_for_the_source),
        cmocka_unit_test(without_tags_a_tag_is_text),
        cmocka_unit_test(what_looks_like_a_tag_is_text),
        cmocka_unit_test(an_unknown_tag_lists_the_known_ones),
        cmocka_unit_test(a_long_text_loses_its_end_and_keeps_its_eos),
        cmocka_unit_test(pieces_are_joined_without_the_special_ones),
        cmocka_unit_test(a_joined_text_has_no_control_characters),
        cmocka_unit_test(missing_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
