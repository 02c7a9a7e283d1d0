/* Models of several target languages: every sentence of a text is asked for in the language that the
   text's tag or the option names. */
#include <stdio.h>

#include "api.h"

static xattn_model *model;

static int load(void **state) {
    (void)state;
    model = open_marian();
    return !model;
}

static int unload(void **state) {
    (void)state;
    xattn_close(model);
    return 0;
}

static size_t count(const xattn_translation *t, const char *piece) {
    size_t n = 0;
    for (size_t i = 0; i < t->source.n; i++) n += strcmp(t->source.pieces[i], piece) == 0;
    return n;
}

/* A text is what its parts, between bars, are when each has the tag. */
static void expect_parts(const char *tag, const char *text, xattn_options options) {
    char whole[512] = "", part[512], expected[1024] = "";
    for (const char *at = text; *at; at++) strncat(whole, *at == '|' ? "" : at, 1);
    xattn_translation *t = translate_one(model, whole, options);
    size_t n = 0;
    if (strncmp(text, tag, strlen(tag)) == 0) text += strlen(tag);
    for (; *text; text += *text == '|', n++) {
        int length = (int)strcspn(text, "|");
        snprintf(part, sizeof part, "%s%.*s", tag, length, text);
        text += length;
        xattn_translation *alone = translate_one(model, part, (xattn_options){XATTN_OPTIONS});
        assert_string_equal(alone->source.pieces[0], tag);
        strcat(expected, alone->text);
        xattn_translation_free(alone);
    }
    assert_int_equal(count(t, tag), n);
    assert_int_equal(count(t, "</s>"), n);
    assert_string_equal(t->text, expected);
    assert_false(t->untagged);
    xattn_translation_free(t);
}

static void every_sentence_has_the_tag_of_its_text(void **state) {
    (void)state;
    static const char tagged[] = ">>deu<< a cat\n\n|b  dog \n|c d\n", bare[] = "a cat\n|b dog\n|c";
    expect_parts(">>deu<<", tagged, (xattn_options){XATTN_OPTIONS});
    expect_parts(">>deu<<", tagged, (xattn_options){XATTN_OPTIONS, .target_language = "fra"});
    expect_parts(">>fra<<", bare, (xattn_options){XATTN_OPTIONS, .target_language = "fra"});
}

/* A sentence that is cut at a sign, and one that is longer than the model can read. */
static void so_do_the_parts_of_a_sentence(void **state) {
    (void)state;
    char text[1024] = ">>deu<< a";
    xattn_translation *t =
        translate_one(model, ">>deu<< a cat → b dog", (xattn_options){XATTN_OPTIONS});
    assert_int_equal(count(t, ">>deu<<"), 2);
    xattn_translation_free(t);
    for (int i = 0; i < 100; i++) strcat(text, ", b c");
    t = translate_one(model, text, (xattn_options){XATTN_OPTIONS, .no_copy = true});
    assert_true(count(t, "</s>") > 1 && !t->source_cut);
    assert_int_equal(count(t, ">>deu<<"), count(t, "</s>"));
    xattn_translation_free(t);
}

/* Who pastes a line may paste the spaces in front of it. */
static void spaces_in_front_of_a_tag_do_not_hide_it(void **state) {
    (void)state;
    xattn_translation *t = translate_one(model, ">>deu<< a cat", (xattn_options){XATTN_OPTIONS});
    xattn_translation *later =
        translate_one(model, " \t>>deu<<\t a cat", (xattn_options){XATTN_OPTIONS});
    assert_same_target(t, later);
    assert_false(later->untagged);
    assert_int_equal(count(later, ">>deu<<"), 1);
    xattn_translation_free(later);
    later =
        translate_one(model, " >>deu<< a cat", (xattn_options){XATTN_OPTIONS, .no_split = true});
    assert_int_equal(count(later, ">>deu<<"), 0);  // as in transformers
    xattn_translation_free(later);
    xattn_translation_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_has_the_tag_of_its_text),
        cmocka_unit_test(so_do_the_parts_of_a_sentence),
        cmocka_unit_test(spaces_in_front_of_a_tag_do_not_hide_it),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
