/* The public interface as a caller sees it: nothing but xattn.h, on a tiny model. Under
   AddressSanitizer every test is also one of what is freed. */
#include "xattn.h"

#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tiny_model.h"

enum { LAYERS = 2, HEADS = 3, PIECES = 61 };

static char *directory;
static xattn_model *model;
static xattn_error problem;

static const char *const texts[] = {"a cat", "",  "the mat is black", "   ",
                                    "no",    "a", "be my guest"};
enum { N_TEXTS = sizeof texts / sizeof texts[0] };
static bool is_blank(size_t i) { return i == 1 || i == 3; }

static int load(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.tags = true;
    options.lowercase_capitals = true;
    options.eos_bias = 1.0F;
    directory = tiny_model_write(&options);
    model = xattn_open(directory, NULL, &problem);
    return model ? 0 : -1;
}

static int unload(void **state) {
    (void)state;
    xattn_close(model);
    tiny_model_remove(directory);
    return 0;
}

/* ---- */

static void translate(const char *const *all, size_t n, const xattn_options *options,
                      xattn_translation **translations) {
    if (!xattn_translate(model, all, n, options, translations, &problem))
        fail_msg("%s", problem.text);
}

static xattn_translation *one(const char *text, xattn_options options) {
    xattn_translation *t;
    translate(&text, 1, &options, &t);
    return t;
}

static void free_all(xattn_translation **translations, size_t n) {
    for (size_t i = 0; i < n; i++) xattn_translation_free(translations[i]);
}

static bool same_floats(const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(a[i] - b[i]) <= 1e-5F)) return false;
    return true;
}

static size_t map_cells(const xattn_translation *t) {
    return t->n_layers * t->n_heads * t->target.n * t->source.n;
}

static void assert_same_tokens(const xattn_tokens *a, const xattn_tokens *b) {
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->ids[i], b->ids[i]);
        assert_string_equal(a->pieces[i], b->pieces[i]);
    }
}

static void assert_same(const xattn_translation *a, const xattn_translation *b) {
    assert_string_equal(a->text, b->text);
    assert_same_tokens(&a->source, &b->source);
    assert_same_tokens(&a->target, &b->target);
    assert_int_equal(a->target_cut, b->target_cut);
    assert_int_equal(!a->logprobs, !b->logprobs);
    assert_int_equal(!a->attention, !b->attention);
    assert_true(fabs(a->score - b->score) < 1e-4);
    if (a->logprobs) assert_true(same_floats(a->logprobs, b->logprobs, a->target.n));
    if (a->attention) assert_true(same_floats(a->attention, b->attention, map_cells(a)));
}

/* An empty text's translation: nothing, but nothing that a caller could fall over. */
static void assert_blank(const xattn_translation *t, const char *text) {
    assert_string_equal(t->text, text);
    assert_int_equal(t->source.n, 0);
    assert_int_equal(t->target.n, 0);
    assert_int_equal(t->n_alternatives, 0);
    assert_int_equal(t->n_layers, LAYERS);
    assert_int_equal(t->n_heads, HEADS);
    assert_false(t->source_cut || t->target_cut || t->repeats);
    assert_true(t->score == 0.0);
}

/* Every row of every map is a distribution. */
static void assert_maps(const xattn_translation *t) {
    assert_int_equal(t->n_layers, LAYERS);
    assert_int_equal(t->n_heads, HEADS);
    assert_non_null(t->attention);
    for (size_t row = 0; row < LAYERS * HEADS * t->target.n; row++) {
        double sum = 0.0;
        for (size_t j = 0; j < t->source.n; j++) sum += (double)t->attention[row * t->source.n + j];
        assert_true(fabs(sum - 1.0) < 1e-5);
    }
}

/* ---- */

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

/* ---- given translations ---- */

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

/* What search says of its translation is what a reader of it says, where the text has the same
   pieces for both. */
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

/* A tag picks the language of models that know some, on the source side. */
static void tags_are_tokens(void **state) {
    (void)state;
    xattn_translation *t = one(">>deu<< a", (xattn_options){XATTN_OPTIONS});
    assert_string_equal(t->source.pieces[0], ">>deu<<");
    xattn_translation_free(t);
}

/* An option does the same for texts that have none; who gives neither is told. */
static void a_language_is_a_tag(void **state) {
    (void)state;
    xattn_translation *tagged = one(">>fra<< a cat", (xattn_options){XATTN_OPTIONS}),
                      *asked =
                          one("a cat", (xattn_options){XATTN_OPTIONS, .target_language = "fra"}),
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
    assert_non_null(strstr(problem.text, "one sentence at a time"));
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
        cmocka_unit_test(alternatives_are_the_next_best),
        cmocka_unit_test(lists_end_with_the_beam),
        cmocka_unit_test(a_list_may_be_shorter),
        cmocka_unit_test(beam_one_is_greedy),
        cmocka_unit_test(max_length_is_a_limit),
        cmocka_unit_test(given_translations_are_read),
        cmocka_unit_test(rows_are_of_the_piece_predicted),
        cmocka_unit_test(search_and_reader_agree),
        cmocka_unit_test(a_long_target_loses_its_end),
        cmocka_unit_test(tags_are_tokens),
        cmocka_unit_test(a_language_is_a_tag),
        cmocka_unit_test(the_culprit_is_named),
        cmocka_unit_test(a_model_that_is_not_there),
        cmocka_unit_test(a_model_says_what_it_is),
        cmocka_unit_test(capitals_are_read_as_small_letters_and_answered_in_capitals),
        cmocka_unit_test(a_pair_is_in_capitals_if_both_sides_are),
        cmocka_unit_test(threads_may_share_a_model),
        cmocka_unit_test(an_observer_is_shown_every_step),
        cmocka_unit_test(one_greedy_sentence_is_observed),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
