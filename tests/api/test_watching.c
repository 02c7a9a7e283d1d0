/* The caller's functions: results as they come, steps as they are taken, cancelling. And prefixes, which
   a front end takes from the steps that it was shown. */
#include <pthread.h>
#include <stdio.h>

#include "api.h"

static xattn_model *model;
static xattn_error problem;
static const char two_sentences[] = "A b! C d e?";

static int load(void **state) {
    (void)state;
    model = open_splitting();
    return 0;
}

static int unload(void **state) {
    (void)state;
    xattn_close(model);
    return 0;
}

/* ---- results ---- */

enum { N_MANY = 1500 };

typedef struct {
    size_t n, n_pieces;
    pthread_t thread;
    xattn_translation *const *expected;  // or NULL
    bool wrong;
} Arrivals;

static void take_result(void *context, size_t index, const xattn_translation *t) {
    Arrivals *seen = context;
    seen->wrong |= index != seen->n || !pthread_equal(pthread_self(), seen->thread);
    if (seen->expected) seen->wrong |= strcmp(seen->expected[index]->text, t->text) != 0;
    seen->n_pieces += t->target.n;
    seen->n++;
}

static void fill_texts(const char *texts[N_MANY]) {
    static const char *const some[] = {"A b!", two_sentences, "", "X y z. W!", "  "};
    for (size_t i = 0; i < N_MANY; i++) texts[i] = some[i * 7 % 5];
}

static void results_come_in_order_on_the_callers_thread(void **state) {
    (void)state;
    static const char *texts[N_MANY];
    static xattn_translation *all[N_MANY];
    fill_texts(texts);
    Arrivals seen = {.thread = pthread_self()};
    xattn_options options = {XATTN_OPTIONS,   .no_copy = true,       .threads = 3,
                             .max_length = 4, .result = take_result, .context = &seen};
    assert_true(xattn_translate(model, texts, N_MANY, &options, all, &problem));
    assert_true(seen.n == N_MANY && !seen.wrong);
    size_t n_pieces = seen.n_pieces;
    seen = (Arrivals){.thread = pthread_self(), .expected = all};
    assert_true(xattn_translate(model, texts, N_MANY, &options, NULL, &problem));
    assert_true(seen.n == N_MANY && !seen.wrong && seen.n_pieces == n_pieces);
    for (size_t i = 0; i < N_MANY; i++) xattn_translation_free(all[i]);
}

static void somebody_has_to_take_them(void **state) {
    (void)state;
    const char *text = two_sentences;
    assert_false(xattn_translate(model, &text, 1, NULL, NULL, &problem));
    assert_int_equal(problem.kind, XATTN_USAGE);
}

/* ---- steps ---- */

typedef struct {
    size_t n, stop_at;
    size_t n_given;
    int ids[256];
    float logprobs[256];
    size_t sentences[256];
    float rows[256];  // the largest share of the first map's row
    int best[256];    // the first runner-up
} Steps;

static bool take_step(void *context, const xattn_step *step) {
    Steps *seen = context;
    size_t i = seen->n++;
    seen->ids[i] = step->id;
    seen->logprobs[i] = step->logprob;
    seen->sentences[i] = step->sentence;
    seen->n_given += step->given;
    seen->rows[i] = 0.0F;
    for (size_t j = 0; step->attention && j < step->source->n; j++)
        seen->rows[i] = fmaxf(seen->rows[i], step->attention[j]);
    if (step->n_runners_up) seen->best[i] = step->runners_up[0].id;
    return seen->n != seen->stop_at;
}

/* What was shown is what is in the result, piece by piece, one sentence after the other. */
static void every_piece_is_a_step(void **state) {
    (void)state;
    Steps seen = {0};
    xattn_options options = {XATTN_OPTIONS, .scores = true,    .attention = true, .runners_up = 2,
                             .threads = 4,  .step = take_step, .context = &seen};
    xattn_translation *t = translate_one(model, two_sentences, options);
    assert_int_equal(t->n_sentences, 2);
    assert_int_equal(seen.n, t->target.n);
    for (size_t i = 0, sentence = 0; i < seen.n; i++) {
        float most = 0.0F;
        assert_int_equal(seen.sentences[i], sentence);
        assert_int_equal(seen.ids[i], t->target.ids[i]);
        assert_true(seen.logprobs[i] == t->logprobs[i]);
        for (size_t j = 0; j < t->source.n; j++)
            most = fmaxf(most, t->attention[i * t->source.n + j]);
        assert_true(seen.rows[i] == most);
        assert_int_equal(seen.best[i], t->runners_up[2 * i].id);
        sentence += seen.ids[i] == 0;  // </s>
    }
    assert_int_equal(seen.n_given, 0);
    xattn_translation_free(t);
}

static void a_given_translation_has_steps_too(void **state) {
    (void)state;
    Steps seen = {0};
    const char *source = "a b", *target = "x y";
    xattn_options options = {XATTN_OPTIONS, .step = take_step, .context = &seen};
    xattn_translation *t;
    assert_true(xattn_score(model, &source, &target, 1, &options, &t, &problem));
    assert_true(seen.n == t->target.n && seen.n_given == t->target.n);
    assert_true(seen.logprobs[0] == 0.0F);  // nobody asked
    xattn_translation_free(t);
}

static void a_step_may_be_the_last(void **state) {
    (void)state;
    const char *text = two_sentences;
    for (size_t stop = 1; stop < 5; stop++) {
        Steps seen = {.stop_at = stop};
        xattn_translation *t;
        xattn_options options = {XATTN_OPTIONS, .step = take_step, .context = &seen};
        assert_false(xattn_translate(model, &text, 1, &options, &t, &problem));
        assert_int_equal(problem.kind, XATTN_CANCELLED);
        assert_int_equal(seen.n, stop);
    }
}

static void steps_are_of_one_text_in_greedy_search(void **state) {
    (void)state;
    static const char *const texts[] = {"a", "b"};
    xattn_translation *t[2];
    xattn_options options = {XATTN_OPTIONS, .step = take_step};
    assert_false(xattn_translate(model, texts, 2, &options, t, &problem));
    assert_int_equal(problem.kind, XATTN_USAGE);
    options.beam = 2;
    assert_false(xattn_translate(model, texts, 1, &options, t, &problem));
    assert_int_equal(problem.kind, XATTN_USAGE);
}

/* ---- cancelling ---- */

typedef struct {
    size_t n, stop_at;
    pthread_t thread;
    bool wrong;
} Patience;

static bool lose_patience(void *context) {
    Patience *p = context;
    p->wrong |= !pthread_equal(pthread_self(), p->thread);
    return ++p->n == p->stop_at;
}

static void a_call_can_be_cancelled(void **state) {
    (void)state;
    static const char *texts[N_MANY];
    static xattn_translation *all[N_MANY];
    fill_texts(texts);
    for (size_t threads = 1; threads <= 4; threads += 3)
        for (size_t stop = 1; stop < 100; stop = stop * 3 + 1)
            for (size_t beam = 1; beam <= 2; beam++) {
                Patience p = {.stop_at = stop, .thread = pthread_self()};
                xattn_options options = {
                    XATTN_OPTIONS,   .no_copy = true,         .beam = beam, .threads = threads,
                    .max_length = 6, .cancel = lose_patience, .context = &p};
                problem = (xattn_error){0};
                assert_false(xattn_translate(model, texts, N_MANY, &options, all, &problem));
                assert_int_equal(problem.kind, XATTN_CANCELLED);
                assert_int_equal(problem.index, -1);
                assert_true(p.n == stop && !p.wrong);
            }
}

static void nothing_happens_to_those_who_wait(void **state) {
    (void)state;
    Patience p = {.thread = pthread_self()};
    xattn_options options = {XATTN_OPTIONS, .cancel = lose_patience, .context = &p};
    xattn_translation *t = translate_one(model, "a b", options);
    assert_int_equal(p.n, t->target.n);
    xattn_translation_free(t);
}

/* ---- prefixes ---- */

/* Cut off anywhere, in either sentence, the search goes on as before. */
static void a_translation_goes_on_from_its_beginning(void **state) {
    (void)state;
    xattn_options options = {XATTN_OPTIONS, .no_copy = true, .scores = true};
    xattn_translation *whole = translate_one(model, two_sentences, options);
    assert_false(whole->target_cut);
    for (size_t n = 0; n <= whole->target.n; n++) {
        Steps seen = {0};
        options.prefix = whole->target.ids;
        options.n_prefix = n;
        options.step = take_step;
        options.context = &seen;
        xattn_translation *again = translate_one(model, two_sentences, options);
        assert_same_target(again, whole);
        assert_int_equal(seen.n_given, n);
        assert_int_equal(again->target_cut, whole->target_cut);
        xattn_translation_free(again);
    }
    xattn_translation_free(whole);
}

/* A prefix with another piece in the middle: the piece stays, and the rest has the scores that
   xattn_score gives. */
static void another_piece_changes_what_follows(void **state) {
    (void)state;
    xattn_options options = {XATTN_OPTIONS, .scores = true, .runners_up = 5};
    xattn_translation *whole = translate_one(model, "a b c", options);
    assert_true(whole->target.n > 3);
    size_t n_different = 0;
    for (size_t k = 1; k < 5; k++) {
        int forced[] = {whole->target.ids[0], whole->runners_up[5 + k].id};
        if (forced[1] == 0) continue;  // </s>
        options.prefix = forced;
        options.n_prefix = 2;
        xattn_translation *other = translate_one(model, "a b c", options);
        assert_memory_equal(other->target.ids, forced, sizeof forced);
        assert_true(fabsf(other->logprobs[1] - whole->runners_up[5 + k].logprob) < 1e-5F);
        assert_true(other->target.n > 2);
        for (size_t i = 2; i < other->target.n; i++)  // chosen: the best there is
            assert_int_equal(other->target.ids[i], other->runners_up[5 * i].id);
        n_different += strcmp(other->text, whole->text) != 0;
        xattn_translation_free(other);
    }
    assert_true(n_different > 0);
    xattn_translation_free(whole);
}

/* A </s> ends its sentence; one more piece would be the next sentence's. */
static void an_end_among_them_ends_a_sentence(void **state) {
    (void)state;
    static const int ids[] = {5, 0, 6, 7};
    xattn_options options = {XATTN_OPTIONS, .prefix = ids, .n_prefix = 4};
    xattn_translation *t = translate_one(model, two_sentences, options);
    assert_memory_equal(t->target.ids, ids, sizeof ids);
    assert_true(t->target.n > 4);
    xattn_translation_free(t);
    t = translate_one(model, "a b", options);  // a single sentence: the rest is left over
    assert_int_equal(t->target.n, 2);
    xattn_translation_free(t);
}

static void a_long_prefix_is_cut(void **state) {
    (void)state;
    static const int ids[] = {5, 6, 7, 8, 9, 10};
    xattn_options options = {XATTN_OPTIONS, .prefix = ids, .n_prefix = 6, .max_length = 3};
    xattn_translation *t = translate_one(model, "a b c", options);
    assert_int_equal(t->target.n, 3);
    assert_true(t->target_cut);
    xattn_translation_free(t);
}

static void impossible_prefixes_are_refused(void **state) {
    (void)state;
    static const int good[] = {5}, low[] = {-1}, high[] = {60};
    static const char *const texts[] = {"a", "b"};
    xattn_translation *t[2];
    xattn_options options = {XATTN_OPTIONS, .prefix = low, .n_prefix = 1};
    assert_false(xattn_translate(model, texts, 1, &options, t, &problem));
    assert_int_equal(problem.kind, XATTN_USAGE);
    options.prefix = high;
    assert_false(xattn_translate(model, texts, 1, &options, t, &problem));
    assert_non_null(strstr(problem.text, "id 60 in a prefix, expected 0 to 59"));
    options.prefix = good;
    assert_false(xattn_translate(model, texts, 2, &options, t, &problem));
    assert_false(xattn_score(model, texts, texts, 1, &options, t, &problem));
    options.beam = 2;
    assert_false(xattn_translate(model, texts, 1, &options, t, &problem));
    assert_int_equal(problem.kind, XATTN_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_come_in_order_on_the_callers_thread),
        cmocka_unit_test(somebody_has_to_take_them),
        cmocka_unit_test(every_piece_is_a_step),
        cmocka_unit_test(a_given_translation_has_steps_too),
        cmocka_unit_test(a_step_may_be_the_last),
        cmocka_unit_test(steps_are_of_one_text_in_greedy_search),
        cmocka_unit_test(a_call_can_be_cancelled),
        cmocka_unit_test(nothing_happens_to_those_who_wait),
        cmocka_unit_test(a_translation_goes_on_from_its_beginning),
        cmocka_unit_test(another_piece_changes_what_follows),
        cmocka_unit_test(an_end_among_them_ends_a_sentence),
        cmocka_unit_test(a_long_prefix_is_cut),
        cmocka_unit_test(impossible_prefixes_are_refused),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
