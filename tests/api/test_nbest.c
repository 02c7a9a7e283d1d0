/* n-best lists, and the limit of length. */
#include "tiny.h"

/* ---- n-best lists ---- */

static void alternatives_are_the_next_best(void **state) {
    (void)state;
    xattn_options options = {XATTN_OPTIONS, .beam = 5, .scores = true, .attention = true,
                             .length_penalty = 0.6F};
    xattn_translation *best[N_TEXTS], *list[N_TEXTS];
    translate(texts, N_TEXTS, &options, best);
    options.nbest = 4;
    translate(texts, N_TEXTS, &options, list);
    for (size_t i = 0; i < N_TEXTS; i++) {
        assert_same(best[i], list[i]);
        assert_int_equal(best[i]->n_alternatives, 0);
        if (is_blank(i)) {
            assert_blank(list[i], texts[i]);
            continue;
        }
        assert_int_equal(list[i]->n_alternatives, 3);
        double before = list[i]->normalized_score;
        for (size_t k = 0; k < 3; k++) {
            const xattn_translation *t = list[i]->alternatives[k];
            double length = pow((double)t->target.n, (double)0.6F);
            assert_true(fabs(t->normalized_score - t->score / length) < 1e-9);
            assert_true(t->normalized_score <= before);
            before = t->normalized_score;
            assert_same_tokens(&t->source, &list[i]->source);
            assert_maps(t);
        }
    }
    free_all(best, N_TEXTS);
    free_all(list, N_TEXTS);
}

/* A list is never longer than the beam, and greedy search has one. */
static void lists_end_with_the_beam(void **state) {
    (void)state;
    static const size_t beams[] = {0, 1, 3, 100}, others[] = {0, 0, 2, 49};
    for (size_t i = 0; i < 4; i++) {
        xattn_translation *t =
            one("a cat", (xattn_options){XATTN_OPTIONS, .beam = beams[i], .nbest = 50});
        assert_int_equal(t->n_alternatives, others[i]);
        xattn_translation_free(t);
    }
    xattn_translation *t = one("a cat", (xattn_options){XATTN_OPTIONS, .beam = 3, .nbest = 0});
    assert_int_equal(t->n_alternatives, 0);
    xattn_translation_free(t);
}

/* At a limit of one piece, all that can be said is </s>: one hypothesis, whatever the beam. */
static void a_list_may_be_shorter(void **state) {
    (void)state;
    xattn_translation *t =
        one("a cat", (xattn_options){XATTN_OPTIONS, .beam = 4, .nbest = 4, .max_length = 1});
    assert_int_equal(t->n_alternatives, 0);
    assert_int_equal(t->target.n, 1);
    assert_true(t->target_cut);
    xattn_translation_free(t);
}

static void beam_one_is_greedy(void **state) {
    (void)state;
    xattn_translation *greedy[N_TEXTS], *beam[N_TEXTS];
    xattn_options options = {XATTN_OPTIONS, .scores = true, .attention = true};
    translate(texts, N_TEXTS, &options, greedy);
    options.beam = 1;
    options.length_penalty = 1.0F;
    translate(texts, N_TEXTS, &options, beam);
    for (size_t i = 0; i < N_TEXTS; i++) {
        assert_same(greedy[i], beam[i]);
        assert_true(greedy[i]->score == beam[i]->score);
        assert_true(beam[i]->normalized_score == beam[i]->score);
    }
    free_all(greedy, N_TEXTS);
    free_all(beam, N_TEXTS);
}

static void max_length_is_a_limit(void **state) {
    (void)state;
    for (size_t beam = 1; beam <= 4; beam += 3)
        for (size_t limit = 1; limit <= 1000; limit *= 10) {
            xattn_translation *t =
                one("the mat is black",
                    (xattn_options){XATTN_OPTIONS, .max_length = limit, .beam = beam});
            assert_true(t->target.n <= limit && t->target.n <= 39);
            if (limit == 1) assert_true(t->target_cut);
            xattn_translation_free(t);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alternatives_are_the_next_best), cmocka_unit_test(lists_end_with_the_beam),
        cmocka_unit_test(a_list_may_be_shorter),          cmocka_unit_test(beam_one_is_greedy),
        cmocka_unit_test(max_length_is_a_limit),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
