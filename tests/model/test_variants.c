/* One model, stored in the ways that OPUS-MT's models are: what it computes must not depend on it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/model.h"
#include "tiny_model.h"
#include "xattn.h"

/* What a model of these options makes of a text, its numbers included. */
static xattn_translation *translate(const TinyModel *options, const char *text) {
    xattn_error error;
    xattn_translation *t;
    char *directory = tiny_model_write(options);
    xattn_model *model = xattn_open(directory, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    if (!xattn_translate(model, &text, 1,
                         &(xattn_options){XATTN_OPTIONS, .scores = true, .attention = true}, &t,
                         &error))
        fail_msg("%s", error.text);
    xattn_close(model);
    tiny_model_remove(directory);
    return t;
}

static bool equal(const xattn_translation *a, const xattn_translation *b) {
    if (a->target.n != b->target.n || a->source.n != b->source.n || a->score != b->score ||
        strcmp(a->text, b->text) != 0)
        return false;
    size_t n_cells = a->n_layers * a->n_heads * a->target.n * a->source.n;
    return memcmp(a->attention, b->attention, n_cells * sizeof(float)) == 0;
}

static void expect_same(const TinyModel *a, const TinyModel *b, bool same) {
    xattn_translation *left = translate(a, "a quick fox ran");
    xattn_translation *right = translate(b, "a quick fox ran");
    assert_true(left->target.n > 3);
    assert_int_equal(equal(left, right), same);
    xattn_translation_free(left);
    xattn_translation_free(right);
}

static void dtypes_hold_the_same_numbers(void **state) {
    (void)state;
    TinyModel single = tiny_model_default(), other = single;
    other.dtype = DTYPE_F16;
    expect_same(&single, &other, true);
    other.dtype = DTYPE_BF16;
    expect_same(&single, &other, true);
    other.seed = 2;
    expect_same(&single, &other, false);
}

static void stored_positions_are_those_that_are_computed(void **state) {
    (void)state;
    TinyModel without = tiny_model_default(), with = without;
    with.positions = POSITIONS_SINUSOID;
    expect_same(&without, &with, true);
}

static void stored_positions_are_used(void **state) {
    (void)state;
    TinyModel sinusoid = tiny_model_default(), random = sinusoid;
    random.positions = POSITIONS_RANDOM;
    sinusoid.positions = POSITIONS_SINUSOID;
    expect_same(&sinusoid, &random, false);
}

static void copies_change_nothing(void **state) {
    (void)state;
    TinyModel once = tiny_model_default(), twice = once;
    twice.copies = true;
    expect_same(&once, &twice, true);
}

static void an_output_layer_of_its_own_is_used(void **state) {
    (void)state;
    TinyModel tied = tiny_model_default(), untied = tied;
    untied.untied_output = true;
    expect_same(&tied, &untied, false);
}

static void activations_differ(void **state) {
    (void)state;
    TinyModel swish = tiny_model_default(), silu = swish, relu = swish;
    silu.activation = "silu";
    relu.activation = "relu";
    expect_same(&swish, &silu, true);
    expect_same(&swish, &relu, false);
}

/* Two vocabularies of different sizes, the target's in the opposite order: pieces come from it. */
static void separate_vocabularies_are_kept_apart(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.separate_vocabs = true;
    options.target_vocab = 44;
    xattn_translation *t = translate(&options, "a b");
    assert_int_equal(t->source.n, 3);
    assert_int_equal(t->source.ids[0], 2);
    assert_int_equal(t->source.ids[1], 3);
    assert_string_equal(t->source.pieces[0], "\u2581a");
    for (size_t i = 0; i + 1 < t->target.n; i++) {
        int id = t->target.ids[i], place = 42 - id;  // among ▁a … ▁z, a …
        assert_in_range(id, 1, 42);
        if (id == 1) continue;
        char piece[8] = "\u2581?";
        piece[3] = (char)('a' + place % 26);
        assert_string_equal(t->target.pieces[i], place < 26 ? piece : piece + 3);
    }
    xattn_translation_free(t);
}

static void a_tag_becomes_one_token(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.tags = true;
    xattn_translation *tagged = translate(&options, ">>fra<< a b");
    xattn_translation *plain = translate(&options, "a b");
    assert_int_equal(tagged->source.n, plain->source.n + 1);
    assert_int_equal(tagged->source.ids[0], 3);
    assert_string_equal(tagged->source.pieces[0], ">>fra<<");
    assert_memory_equal(tagged->source.ids + 1, plain->source.ids, plain->source.n * sizeof(int));
    xattn_translation_free(tagged);
    xattn_translation_free(plain);
}

static void an_unknown_tag_is_an_error_that_lists_the_known_ones(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.tags = true;
    char *directory = tiny_model_write(&options);
    xattn_error error;
    xattn_translation *t[2];
    xattn_model *model = xattn_open(directory, NULL, &error);
    const char *texts[] = {">>deu<< a", ">>xyz<< a"};
    assert_non_null(model);
    assert_false(xattn_translate(model, texts, 2, NULL, t, &error));
    assert_int_equal(error.index, 1);
    assert_string_equal(error.text, "unknown tag >>xyz<<; the model knows >>deu<< >>fra<<");
    xattn_close(model);
    tiny_model_remove(directory);
}

static void without_tags_in_the_vocabulary_one_is_just_text(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    xattn_translation *t = translate(&options, ">>fra<< a");
    assert_string_not_equal(t->source.pieces[0], ">>fra<<");
    assert_true(t->source.n > 3);
    xattn_translation_free(t);
}

/* As in OPUS-MT, whose vocabulary is that of both .spm files. */
static void a_piece_that_target_spm_lacks_keeps_its_spaces(void **state) {
    (void)state;
    static const char *const pieces[] = {"\u2581new", "\u2581a",   "b",
                                         "\u2581new", "\u2581new", "</s>"};
    TinyModel options = tiny_model_default();
    Error err = {0};
    Model *model;
    Buffer text = {0};
    char *directory = tiny_model_write(&options);
    tiny_file_replace(directory, "vocab.json", "\"\u2581c\"", "\"\u2581new\"");
    if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    buffer_string(&text, "\u2581 stays: ");
    assert_true(tokenizer_join(&model->tokenizer, XATTN_TARGET, pieces, 6, &text, &err));
    assert_string_equal(text.data, "\u2581 stays: new ab new new");
    buffer_free(&text);
    model_free(model);
    tiny_model_remove(directory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dtypes_hold_the_same_numbers),
        cmocka_unit_test(stored_positions_are_those_that_are_computed),
        cmocka_unit_test(stored_positions_are_used),
        cmocka_unit_test(copies_change_nothing),
        cmocka_unit_test(an_output_layer_of_its_own_is_used),
        cmocka_unit_test(activations_differ),
        cmocka_unit_test(separate_vocabularies_are_kept_apart),
        cmocka_unit_test(a_tag_becomes_one_token),
        cmocka_unit_test(an_unknown_tag_is_an_error_that_lists_the_known_ones),
        cmocka_unit_test(without_tags_in_the_vocabulary_one_is_just_text),
        cmocka_unit_test(a_piece_that_target_spm_lacks_keeps_its_spaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
