/* Tags for the target language, and text in capitals. */
#include <ctype.h>

#include "tiny.h"

/* A tag picks the language of models that know some, on the source side. */
static void tags_are_tokens(void **state) {
    (void)state;
    xattn_translation *t = one(">>deu<< a", (xattn_options){XATTN_OPTIONS});
    assert_string_equal(t->source.pieces[0], ">>deu<<");
    xattn_translation_free(t);
}

/* The option does the same for texts without a tag. Without both, the result says so. */
static void a_language_is_a_tag(void **state) {
    (void)state;
    xattn_translation *tagged = one(">>fra<< a cat", (xattn_options){XATTN_OPTIONS}),
                      *asked =
                          one("a cat", (xattn_options){XATTN_OPTIONS, .target_language = "fr"}),
                      *plain = one("a cat", (xattn_options){XATTN_OPTIONS}),
                      *both = one(">>deu<< a cat",
                                  (xattn_options){XATTN_OPTIONS, .target_language = "fra"}),
                      *blank = one("  ", (xattn_options){XATTN_OPTIONS, .target_language = "fra"});
    assert_string_equal(asked->source.pieces[0], ">>fra<<");
    assert_string_equal(asked->source_text, "a cat");
    assert_string_equal(asked->text, tagged->text);
    assert_string_equal(both->source.pieces[0], ">>deu<<");
    assert_true(plain->untagged && !asked->untagged && !tagged->untagged && !both->untagged);
    assert_true(blank->target.n == 0 && !blank->untagged);
    xattn_translation_free(tagged);
    xattn_translation_free(asked);
    xattn_translation_free(plain);
    xattn_translation_free(both);
    xattn_translation_free(blank);
    const char *text = "a";
    xattn_translation *t;
    assert_false(xattn_translate(
        model, &text, 1, &(xattn_options){XATTN_OPTIONS, .target_language = "spa"}, &t, &problem));
    assert_int_equal(problem.kind, XATTN_USAGE);
    assert_string_equal(problem.text, "no target language \"spa\"; the model knows deu fra");
}

static void capitals_are_read_as_small_letters_and_answered_in_capitals(void **state) {
    (void)state;
    static const char *const typed[] = {"a cat", "A CAT", "A cat"};
    xattn_translation *t[3];
    translate(typed, 3, &(xattn_options){XATTN_OPTIONS, .beam = 2, .nbest = 2}, t);
    for (size_t i = 0; i < 2; i++) {
        const xattn_translation *small = i ? t[0]->alternatives[0] : t[0];
        const xattn_translation *capital = i ? t[1]->alternatives[0] : t[1];
        assert_same_tokens(&small->source, &capital->source);
        assert_same_tokens(&small->target, &capital->target);
        assert_string_not_equal(small->text, capital->text);
        for (size_t at = 0; small->text[at] || capital->text[at]; at++)
            assert_int_equal(toupper(small->text[at]), capital->text[at]);
    }
    assert_int_not_equal(t[2]->source.ids[0], t[0]->source.ids[0]);
    free_all(t, 3);
}

static void a_pair_is_in_capitals_if_both_sides_are(void **state) {
    (void)state;
    static const char *const sources[] = {"a cat", "A CAT", "A CAT"};
    static const char *const answers[] = {"be my guest", "BE MY GUEST", "be my guest"};
    xattn_translation *t[3];
    assert_true(xattn_score(model, sources, answers, 3, NULL, t, &problem));
    assert_same_tokens(&t[0]->source, &t[1]->source);
    assert_same_tokens(&t[0]->target, &t[1]->target);
    assert_same_tokens(&t[0]->target, &t[2]->target);
    assert_int_not_equal(t[2]->source.ids[0], t[0]->source.ids[0]);
    assert_string_equal(t[1]->text, "BE MY GUEST");
    assert_string_equal(t[2]->text, "be my guest");
    free_all(t, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_tokens),
        cmocka_unit_test(a_language_is_a_tag),
        cmocka_unit_test(capitals_are_read_as_small_letters_and_answered_in_capitals),
        cmocka_unit_test(a_pair_is_in_capitals_if_both_sides_are),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
