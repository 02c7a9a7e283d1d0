/* Tags of target languages: what is one, and which a vocabulary has. */
#include "text/tags.h"

#include "../base/scratch.h"

static void what_is_a_tag(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {{">>fra<< a", 7}, {">>fra<<", 7},  {">>f<<", 5},    {">><<", 0},
                 {">>", 0},        {">>fra <<", 0}, {">> fra<<", 0}, {">>fra", 0},
                 {" >>fra<<", 0},  {">>a<<b<<", 5}, {">>é<<", 6},    {">>a\tb<<", 0},
                 {"a >>fra<<", 0}, {">>fra<", 0},   {"", 0},         {">>zh-TW<<x", 9},
                 {">>>>a<<<<", 7}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(tags_length(cases[i].text, strlen(cases[i].text)), cases[i].length);
    assert_int_equal(tags_length(">>fra<< a", 6), 0);  // the length counts
}

static void those_of_a_vocabulary(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    const char *path = scratch_write_text(
        "vocab.json", "{\"a\": 0, \">>fra<<\": 1, \">> x<<\": 2, \">>deu<<\": 3, \">>\": 4}");
    assert_true(vocab_load(path, 5, &vocab, &arena, &err));
    assert_int_equal(tags_count(&vocab), 2);
    Buffer out = {0};
    tags_list(&vocab, TAGS_WHOLE, &out);
    tags_list(&vocab, TAGS_LANGUAGES, &out);
    assert_string_equal(out.data, " >>fra<< >>deu<< fra deu");
    assert_string_equal(tags_find(&vocab, "deu", &err), ">>deu<<");
    assert_string_equal(tags_find(&vocab, ">>deu<<", &err), ">>deu<<");
    assert_null(tags_find(&vocab, "spa", &err));
    assert_string_equal(err.text, "no target language \"spa\"; the model knows fra deu");
    path = scratch_write_text("vocab.json", "{\"a\": 0}");
    assert_true(vocab_load(path, 1, &vocab, &arena, &err));
    assert_null(tags_find(&vocab, "a", &err));
    assert_string_equal(err.text, "no target language \"a\"; the model has only one");
    buffer_free(&out);
    arena_free(&arena);
}

/* Who does not know which codes a model has gives another one. */
static void other_codes_for_a_language(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Vocab vocab;
    const char *path = scratch_write_text(
        "vocab.json",
        "{\"fr\": 0, \">>fra<<\": 1, \">>pt_BR<<\": 2, \">>zho_Hans<<\": 3, \">>zho_Hant<<\": 4, "
        "\">>en<<\": 5, \">>eng<<\": 6, \">>srp<<\": 7, \">>srp_Latn<<\": 8, \"b\": 9}");
    static const char *const cases[][2] = {{"fr", ">>fra<<"},
                                           {"FRA", ">>fra<<"},
                                           {">>fr<<", NULL},
                                           {"pt", ">>pt_BR<<"},
                                           {"por-br", ">>pt_BR<<"},
                                           {"pt_PT", NULL},
                                           {"zh", NULL},
                                           {"zh-hant", ">>zho_Hant<<"},
                                           {"en", ">>en<<"},
                                           {"eng", ">>eng<<"},
                                           {"ENG", NULL},
                                           {"sr", ">>srp<<"},
                                           {"sr-latn", ">>srp_Latn<<"},
                                           {"b", NULL},
                                           {"", NULL}};
    assert_true(vocab_load(path, 10, &vocab, &arena, &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *tag = tags_find(&vocab, cases[i][0], &err);
        if (cases[i][1] ? !tag || strcmp(tag, cases[i][1]) != 0 : tag != NULL)
            fail_msg("%s: %s", cases[i][0], tag ? tag : err.text);
    }
    assert_null(tags_find(&vocab, "zh", &err));
    assert_string_equal(err.text,
                        "the target language \"zh\" may be any of these: zho_Hans zho_Hant");
    assert_int_equal(err.kind, XATTN_USAGE);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_a_tag),
        cmocka_unit_test(those_of_a_vocabulary),
        cmocka_unit_test(other_codes_for_a_language),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
