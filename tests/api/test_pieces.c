/* The interface for pieces, words and sentences. Results survive their models, and models the loss of
   their files. */
#include <stdio.h>
#include <unistd.h>

#include "api.h"

static xattn_model *marian;
static xattn_error problem;

static int load(void **state) {
    (void)state;
    marian = open_marian();
    return 0;
}

static int unload(void **state) {
    (void)state;
    xattn_close(marian);
    return 0;
}

static void pieces_and_back(void **state) {
    (void)state;
    xattn_buffer text = {0};
    xattn_tokens *tokens = xattn_tokenize(marian, XATTN_SOURCE, "the mat is black", &problem);
    assert_non_null(tokens);
    assert_string_equal(tokens->pieces[tokens->n - 1], "</s>");
    for (size_t i = 0; i < tokens->n; i++) {
        assert_string_equal(xattn_piece(marian, XATTN_SOURCE, tokens->ids[i]), tokens->pieces[i]);
        assert_int_equal(xattn_id(marian, XATTN_SOURCE, tokens->pieces[i]), tokens->ids[i]);
    }
    assert_true(xattn_detokenize(marian, XATTN_SOURCE, tokens->pieces, tokens->n, &text, NULL));
    assert_string_equal(text.data, "the mat is black");
    xattn_buffer_free(&text);
    xattn_words *words = xattn_words_of(tokens, &problem);
    assert_non_null(words);
    assert_int_equal(words->n, 5);
    assert_string_equal(words->items[1].text, "mat");
    assert_string_equal(words->items[4].text, "</s>");
    xattn_words_free(words);
    xattn_tokens_free(tokens);
    assert_null(xattn_piece(marian, XATTN_SOURCE, -1));
    assert_null(xattn_piece(marian, XATTN_TARGET, 61));
    assert_int_equal(xattn_id(marian, XATTN_SOURCE, "no such piece"), -1);
}

static void sentences_are_found(void **state) {
    (void)state;
    static const char text[] = " It rained. Why? ";
    size_t at = 0, begin, end;
    assert_true(xattn_next_sentence(text, strlen(text), &at, &begin, &end));
    assert_true(begin == 1 && end == 11);
    assert_true(xattn_next_sentence(text, strlen(text), &at, &begin, &end));
    assert_true(begin == 12 && end == 16);
    assert_false(xattn_next_sentence(text, strlen(text), &at, &begin, &end));
}

/* Nothing of a result points into a model that is gone. */
static void translate_from_a_copy(bool copy) {
    TinyFirefox tiny = tiny_firefox_default();
    tiny.shortlist = true;
    char *directory = tiny_firefox_write(&tiny), path[600];
    xattn_open_options how = {XATTN_OPEN_OPTIONS, .copy = copy};
    xattn_model *model = xattn_open(directory, &how, &problem);
    assert_non_null(model);
    xattn_options options = {XATTN_OPTIONS, .scores = true};
    xattn_translation *before = translate_one(model, "a b c", options);
    static const char *const names[] = {"model.xxyy.bin", "vocab.xxyy.spm", "lex.xxyy.s2t.bin"};
    for (size_t i = 0; copy && i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        assert_int_equal(truncate(path, 1), 0);
    }
    xattn_translation *after = translate_one(model, "a b c", options);
    assert_same_target(before, after);
    xattn_translation_free(before);
    xattn_translation_free(after);
    xattn_close(model);
    tiny_model_remove(directory);
}

/* Where a mapped one would raise SIGBUS. */
static void a_copied_model_does_without_its_files(void **state) {
    (void)state;
    translate_from_a_copy(false);
    translate_from_a_copy(true);
}

static void results_outlive_their_model(void **state) {
    (void)state;
    xattn_model *model = open_splitting();
    xattn_options options = {XATTN_OPTIONS,     .beam = 3,       .nbest = 3,
                             .attention = true, .runners_up = 2, .scores = true};
    xattn_translation *t = translate_one(model, "A b! C d e?", options);
    xattn_tokens *tokens = xattn_tokenize(model, XATTN_SOURCE, "a b", &problem);
    xattn_close(model);
    xattn_maps *maps = xattn_maps_of(t, NULL, &problem);
    xattn_buffer json = {0}, map = {0};
    assert_true(xattn_translation_json(t, &(xattn_map_options){XATTN_MAP_OPTIONS}, &json, NULL));
    xattn_translation_free(t);
    assert_non_null(maps);
    assert_true(xattn_maps_draw(maps, XATTN_TERMINAL, NULL, &map, NULL));
    assert_true(json.size > 100 && map.size > 100);
    assert_string_equal(tokens->pieces[0], "\u2581a");
    xattn_maps_free(maps);
    xattn_tokens_free(tokens);
    xattn_buffer_free(&json);
    xattn_buffer_free(&map);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_and_back),
        cmocka_unit_test(sentences_are_found),
        cmocka_unit_test(a_copied_model_does_without_its_files),
        cmocka_unit_test(results_outlive_their_model),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
