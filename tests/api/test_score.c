/* Given translations: their scores and maps. */
#include "tiny.h"

static const char *const targets[] = {"un chat", "a", "", "b", " ", "vingt et un", "soyez"};

static void given_translations_are_read(void **state) {
    (void)state;
    xattn_options options = {
        XATTN_OPTIONS,  .max_length = 1,  // ignored, as is what is about search
        .beam = 6,      .nbest = 3,        .length_penalty = 2.0F,
        .scores = true, .attention = true, .runners_up = 2};
    xattn_translation *t[N_TEXTS];
    if (!xattn_score(model, texts, targets, N_TEXTS, &options, t, &problem))
        fail_msg("%s", problem.text);
    for (size_t i = 0; i < N_TEXTS; i++) {
        if (is_blank(i)) {
            assert_blank(t[i], targets[i]);
            continue;
        }
        double score = 0.0;
        assert_string_equal(t[i]->text, targets[i]);
        assert_string_equal(t[i]->target.pieces[t[i]->target.n - 1], "</s>");
        assert_int_equal(t[i]->n_alternatives, 0);
        assert_false(t[i]->target_cut);
        assert_int_equal(t[i]->n_runners_up, 2);
        assert_maps(t[i]);
        for (size_t k = 0; k < t[i]->target.n; k++) {
            assert_true(t[i]->logprobs[k] < 0.0F);
            score += (double)t[i]->logprobs[k];
        }
        assert_true(score == t[i]->score && t[i]->normalized_score == score);
    }
    free_all(t, N_TEXTS);
}

/* Row t of every map is what was looked at to predict piece t: another piece there changes nothing
   in it, and something in all that follow. */
static void rows_are_of_the_piece_predicted(void **state) {
    (void)state;
    enum { CHANGED = 2, N_TARGET = 6 };
    static const char *const sources[] = {"the mat", "the mat"};
    static const char *const both[] = {"u v w x y", "u v z x y"};
    xattn_options options = {XATTN_OPTIONS, .attention = true};
    xattn_translation *t[2];
    assert_true(xattn_score(model, sources, both, 2, &options, t, &problem));
    assert_int_equal(t[0]->target.n, N_TARGET);
    assert_int_equal(t[1]->target.n, N_TARGET);
    size_t n = t[0]->source.n;
    for (size_t row = 0; row < LAYERS * HEADS * N_TARGET; row++) {
        bool same = same_floats(t[0]->attention + row * n, t[1]->attention + row * n, n);
        assert_int_equal(same, row % N_TARGET <= CHANGED);
    }
    free_all(t, 2);
}

/* If the text has the same pieces, xattn_score gives a found translation the same scores as the
   search. */
static void search_and_reader_agree(void **state) {
    (void)state;
    size_t n_same = 0;
    TinyModel brief = tiny_model_default();
    brief.eos_bias = 3.0F;
    char *folder = tiny_model_write(&brief);
    xattn_model *terse = xattn_open(folder, NULL, &problem);
    assert_non_null(terse);
    xattn_options options = {XATTN_OPTIONS, .scores = true, .attention = true, .beam = 4,
                             .length_penalty = 1.0F};
    for (int i = 0; i < 26 * 26; i++) {
        const char *text = (char[]){(char)('a' + i % 26), ' ', (char)('a' + i / 26), '\0'};
        xattn_translation *found, *again;
        assert_true(xattn_translate(terse, &text, 1, &options, &found, &problem));
        assert_true(xattn_score(terse, &text, (const char *[]){found->text}, 1, &options, &again,
                                &problem));
        bool same_ids = found->target.n == again->target.n && !found->target_cut;
        for (size_t k = 0; same_ids && k < found->target.n; k++)
            same_ids = found->target.ids[k] == again->target.ids[k];
        if (same_ids) assert_same(found, again);
        n_same += same_ids && found->target.n > 1;
        xattn_translation_free(found);
        xattn_translation_free(again);
    }
    assert_true(n_same > 10);
    xattn_close(terse);
    tiny_model_remove(folder);
}

static void a_long_target_loses_its_end(void **state) {
    (void)state;
    char target[200] = "a";
    for (size_t i = 0; i < 60; i++) strcat(target, " b");
    const char *source = "a cat", *given = target;
    xattn_translation *t;
    assert_true(xattn_score(model, &source, &given, 1, NULL, &t, &problem));
    assert_true(t->target_cut);
    assert_int_equal(t->target.n, 39);
    assert_string_equal(t->target.pieces[38], "</s>");
    assert_true(t->repeats);
    xattn_translation_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_translations_are_read),
        cmocka_unit_test(rows_are_of_the_piece_predicted),
        cmocka_unit_test(search_and_reader_agree),
        cmocka_unit_test(a_long_target_loses_its_end),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
