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
    buffer_clear(&out);
    assert_true(tags_append(&vocab, "deu", &out, &err));
    assert_string_equal(out.data, ">>deu<<");
    assert_false(tags_append(&vocab, "spa", &out, &err));
    assert_string_equal(err.text, "no target language \"spa\"; the model knows fra deu");
    path = scratch_write_text("vocab.json", "{\"a\": 0}");
    assert_true(vocab_load(path, 1, &vocab, &arena, &err));
    assert_false(tags_append(&vocab, "spa", &out, &err));
    assert_string_equal(err.text, "no target language \"spa\"; the model has only one");
    buffer_free(&out);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_a_tag),
        cmocka_unit_test(those_of_a_vocabulary),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
