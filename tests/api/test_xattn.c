/* The public interface as a caller sees it: nothing but xattn.h, on a tiny model. Under
   AddressSanitizer every test is also one of what is freed. */
#include <pthread.h>

#include "tiny.h"

static void without_options_there_is_the_text(void **state) {
    (void)state;
    xattn_translation *plain[N_TEXTS], *zero[N_TEXTS];
    translate(texts, N_TEXTS, NULL, plain);
    translate(texts, N_TEXTS, &(xattn_options){XATTN_OPTIONS}, zero);
    for (size_t i = 0; i < N_TEXTS; i++) {
        assert_same(plain[i], zero[i]);
        assert_null(plain[i]->logprobs);
        assert_null(plain[i]->attention);
        assert_null(plain[i]->runners_up);
        assert_int_equal(plain[i]->n_alternatives, 0);
        assert_true(plain[i]->score == 0.0);
        if (is_blank(i)) {
            assert_blank(plain[i], texts[i]);
            continue;
        }
        assert_string_equal(plain[i]->source.pieces[plain[i]->source.n - 1], "</s>");
        assert_string_equal(plain[i]->target.pieces[plain[i]->target.n - 1], "</s>");
        assert_true(plain[i]->text[0]);
    }
    free_all(plain, N_TEXTS);
    free_all(zero, N_TEXTS);
}

static void no_texts_are_translated_at_once(void **state) {
    (void)state;
    xattn_options beam = {XATTN_OPTIONS, .beam = 4, .nbest = 4};
    assert_true(xattn_translate(model, NULL, 0, NULL, NULL, &problem));
    assert_true(xattn_translate(model, NULL, 0, &beam, NULL, NULL));
    assert_true(xattn_score(model, NULL, NULL, 0, NULL, NULL, &problem));
}

static void nothing_may_be_freed(void **state) {
    (void)state;
    xattn_buffer empty = {0};
    xattn_links none = {0};
    xattn_translation_free(NULL);
    xattn_maps_free(NULL);
    xattn_tokens_free(NULL);
    xattn_words_free(NULL);
    xattn_buffer_free(NULL);
    xattn_buffer_free(&empty);
    xattn_links_free(NULL);
    xattn_links_free(&none);
    xattn_close(NULL);
}

static void what_was_asked_for_is_there(void **state) {
    (void)state;
    xattn_options all = {XATTN_OPTIONS, .scores = true, .attention = true, .runners_up = 4};
    xattn_translation *t[N_TEXTS];
    translate(texts, N_TEXTS, &all, t);
    for (size_t i = 0; i < N_TEXTS; i++) {
        if (is_blank(i)) {
            assert_blank(t[i], texts[i]);
            continue;
        }
        double score = 0.0;
        for (size_t k = 0; k < t[i]->target.n; k++) score += (double)t[i]->logprobs[k];
        assert_true(score == t[i]->score && score < 0.0);
        assert_true(t[i]->normalized_score == score);
        assert_maps(t[i]);
    }
    free_all(t, N_TEXTS);
}

/* Best first; the first is the token that greedy search took, a forced </s> apart. */
static void runners_up_are_best_first(void **state) {
    (void)state;
    for (size_t wanted = 1; wanted <= 100; wanted += 33) {
        xattn_translation *t =
            one("the mat is black",
                (xattn_options){XATTN_OPTIONS, .scores = true, .runners_up = wanted});
        size_t n = wanted < PIECES ? wanted : PIECES - 1;
        assert_int_equal(t->n_runners_up, n);
        for (size_t k = 0; k < t->target.n; k++) {
            const xattn_runner_up *runners = t->runners_up + k * n;
            for (size_t i = 1; i < n; i++)
                assert_true(runners[i].logprob <= runners[i - 1].logprob);
            if (t->target_cut && k + 1 == t->target.n) continue;
            assert_int_equal(runners[0].id, t->target.ids[k]);
            assert_string_equal(runners[0].piece, t->target.pieces[k]);
            assert_true(runners[0].logprob == t->logprobs[k]);
        }
        xattn_translation_free(t);
    }
}

/* ---- failures ---- */

static void the_culprit_is_named(void **state) {
    (void)state;
    static const char *const some[] = {"a", "", ">>deu<< b", ">>xyz<< c", ">>fra<< d"};
    xattn_translation *t[5];
    assert_false(xattn_translate(model, some, 5, NULL, t, &problem));
    assert_int_equal(problem.index, 3);
    assert_non_null(strstr(problem.text, ">>xyz<<"));
    assert_non_null(strstr(problem.text, ">>deu<<"));
    assert_false(xattn_score(model, some, some, 5, NULL, t, &problem));
    assert_int_equal(problem.index, 3);
    assert_false(xattn_translate(model, some, 5, NULL, t, NULL));
}

static void a_model_that_is_not_there(void **state) {
    (void)state;
    problem.index = 7;
    assert_null(xattn_open("/no/such/model", NULL, &problem));
    assert_int_equal(problem.index, -1);
    assert_non_null(strstr(problem.text, "/no/such/model"));
    assert_null(xattn_open("/no/such/model", NULL, NULL));
}

static void a_model_says_what_it_is(void **state) {
    (void)state;
    const xattn_info *info = xattn_describe(model);
    assert_int_equal(info->d_model, 12);
    assert_int_equal(info->encoder_layers, 2);
    assert_int_equal(info->decoder_layers, LAYERS);
    assert_int_equal(info->decoder_heads, HEADS);
    assert_int_equal(info->source_vocabulary, PIECES);
    assert_int_equal(info->target_vocabulary, PIECES);
    assert_false(info->has_alignment_head);
    assert_true(info->length_penalty == 1.0F);
    assert_true(info->parameters > 1000);
    assert_string_equal(xattn_version(), XATTN_VERSION);
}

/* ---- threads ---- */

enum { ROUNDS = 20, N_THREADS = 4 };

typedef struct {
    xattn_translation *results[ROUNDS][N_TEXTS];
    bool ok;
} Work;

static void *work(void *argument) {
    Work *mine = argument;
    xattn_error ignored;
    mine->ok = true;
    for (int round = 0; round < ROUNDS; round++) {
        xattn_options options = {XATTN_OPTIONS, .scores = true, .attention = true,
                                 .beam = 1 + (size_t)round % 4};
        mine->ok &=
            xattn_translate(model, texts, N_TEXTS, &options, mine->results[round], &ignored);
    }
    return NULL;
}

/* Cmocka's assertions are not for other threads: results are compared when all have ended. */
static void threads_may_share_a_model(void **state) {
    (void)state;
    static Work works[N_THREADS + 1];
    pthread_t threads[N_THREADS];
    for (size_t i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &works[i]), 0);
    for (size_t i = 0; i < N_THREADS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
    work(&works[N_THREADS]);
    for (size_t i = 0; i <= N_THREADS; i++) {
        assert_true(works[i].ok);
        for (size_t round = 0; round < ROUNDS; round++)
            for (size_t k = 0; k < N_TEXTS; k++)
                assert_same(works[i].results[round][k], works[N_THREADS].results[round][k]);
    }
    for (size_t i = 0; i <= N_THREADS; i++)
        for (size_t round = 0; round < ROUNDS; round++) free_all(works[i].results[round], N_TEXTS);
}

/* ---- observing */

typedef struct {
    size_t n, n_memory, n_logits;
    float last_row[PIECES];
} Observed;

static void count(void *context, const xattn_activation *a) {
    Observed *seen = context;
    seen->n++;
    seen->n_memory += strcmp(a->scope, "encoder") == 0 && strcmp(a->name, "memory") == 0;
    if (strcmp(a->name, "logits") != 0) return;
    assert_string_equal(a->scope, "decoder");
    assert_int_equal(a->head, -1);
    assert_int_equal(a->n_rows, 1);
    assert_int_equal(a->n_columns, PIECES);
    memcpy(seen->last_row, a->values, sizeof seen->last_row);
    seen->n_logits++;
}

static void an_observer_is_shown_every_step(void **state) {
    (void)state;
    Observed seen = {0};
    xattn_options options = {XATTN_OPTIONS, .observe = count, .context = &seen, .scores = true};
    xattn_translation *t = one("a cat", options), *given;
    assert_int_equal(seen.n_memory, 1);
    assert_int_equal(seen.n_logits, t->target.n);
    double sum = 0.0, best = (double)seen.last_row[t->target.ids[t->target.n - 1]];
    for (size_t i = 0; i < PIECES; i++) sum += exp((double)seen.last_row[i]);
    if (!t->target_cut)
        assert_true(fabs(best - log(sum) - (double)t->logprobs[t->target.n - 1]) < 1e-4);
    seen = (Observed){0};
    assert_true(xattn_score(model, (const char *[]){"a cat"}, (const char *[]){"no"}, 1, &options,
                            &given, &problem));
    assert_int_equal(seen.n_logits, given->target.n);
    xattn_translation_free(given);
    xattn_translation_free(t);
}

static void one_greedy_sentence_is_observed(void **state) {
    (void)state;
    Observed seen = {0};
    xattn_translation *t[2];
    xattn_options options = {XATTN_OPTIONS, .observe = count, .context = &seen};
    assert_false(xattn_translate(model, texts + 4, 2, &options, t, &problem));
    assert_non_null(strstr(problem.text, "observe needs one sentence"));
    options.beam = 2;
    assert_false(xattn_translate(model, texts, 1, &options, t, &problem));
    assert_non_null(strstr(problem.text, "greedy search"));
    assert_int_equal(seen.n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_there_is_the_text),
        cmocka_unit_test(no_texts_are_translated_at_once),
        cmocka_unit_test(nothing_may_be_freed),
        cmocka_unit_test(what_was_asked_for_is_there),
        cmocka_unit_test(runners_up_are_best_first),
        cmocka_unit_test(the_culprit_is_named),
        cmocka_unit_test(a_model_that_is_not_there),
        cmocka_unit_test(a_model_says_what_it_is),
        cmocka_unit_test(threads_may_share_a_model),
        cmocka_unit_test(an_observer_is_shown_every_step),
        cmocka_unit_test(one_greedy_sentence_is_observed),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
