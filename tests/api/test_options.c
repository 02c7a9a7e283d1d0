/* Options: zero is the model's own, structs of other versions, kinds of errors. And sentences: how texts
   and given translations are split, whatever fits into a window. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api.h"

static xattn_model *marian, *splitting;
static xattn_error problem;

static int load(void **state) {
    (void)state;
    marian = open_marian();
    splitting = open_splitting();
    return 0;
}

static int unload(void **state) {
    (void)state;
    xattn_close(marian);
    xattn_close(splitting);
    return 0;
}

/* ---- zero ---- */

/* The tiny model's files ask for 1.0; without any, longer translations would never be first. */
static void zero_is_the_models_own_penalty(void **state) {
    (void)state;
    float own = xattn_describe(marian)->length_penalty;
    assert_true(own == 1.0F);
    xattn_options options = {XATTN_OPTIONS, .beam = 4, .nbest = 4, .scores = true};
    xattn_translation *zero = translate_one(marian, "the mat is black", options);
    options.length_penalty = own;
    xattn_translation *said = translate_one(marian, "the mat is black", options);
    assert_same_target(zero, said);
    assert_true(zero->normalized_score == said->normalized_score);
    assert_true(fabs(zero->normalized_score - zero->score / (double)zero->target.n) < 1e-9);
    options.no_length_penalty = true;
    xattn_translation *none = translate_one(marian, "the mat is black", options);
    assert_true(none->normalized_score == none->score && none->score >= zero->score);
    xattn_translation_free(zero);
    xattn_translation_free(said);
    xattn_translation_free(none);
}

/* ---- other versions ---- */

static bool translates(const void *options) {
    const char *text = "a cat";
    xattn_translation *t;
    problem = (xattn_error){0};
    if (!xattn_translate(marian, &text, 1, options, &t, &problem)) return false;
    xattn_translation_free(t);
    return true;
}

static void an_older_program_has_shorter_options(void **state) {
    (void)state;
    xattn_options options = {XATTN_OPTIONS, .nbest = 1};
    memset(&options.ablations, 0x5A,
           sizeof options - offsetof(xattn_options, ablations));  // none of its business
    options.size = offsetof(xattn_options, ablations);
    assert_true(translates(&options));
}

static void a_newer_program_has_longer_options(void **state) {
    (void)state;
    struct {
        xattn_options known;
        void *unknown;
    } newer = {.known = {.size = sizeof newer, .beam = 2}};
    assert_true(translates(&newer));
    newer.unknown = &newer;
    assert_false(translates(&newer));
    assert_int_equal(problem.kind, XATTN_USAGE);
    assert_non_null(strstr(problem.text, "sets an option that this version"));
}

static void a_beam_has_a_limit(void **state) {
    (void)state;
    assert_true(translates(&(xattn_options){XATTN_OPTIONS, .beam = 9, .nbest = SIZE_MAX}));
    assert_false(translates(&(xattn_options){XATTN_OPTIONS, .beam = 4097}));
    assert_false(translates(&(xattn_options){XATTN_OPTIONS, .beam = SIZE_MAX, .nbest = SIZE_MAX}));
    assert_int_equal(problem.kind, XATTN_USAGE);
    assert_non_null(strstr(problem.text, "expected at most 4096"));
}

static void options_without_a_size_are_refused(void **state) {
    (void)state;
    assert_false(translates(&(xattn_options){.beam = 2}));
    assert_int_equal(problem.kind, XATTN_USAGE);
    assert_false(translates(&(xattn_options){.size = 1}));
    assert_false(translates(&(xattn_options){.size = (size_t)-1}));
    assert_null(xattn_open("models/en-fr", &(xattn_open_options){.weights = XATTN_F32}, &problem));
    assert_int_equal(problem.kind, XATTN_USAGE);
}

/* ---- kinds ---- */

static void expect_kind(const char *path, xattn_error_kind kind) {
    problem = (xattn_error){0};
    if (xattn_open(path, NULL, &problem)) fail_msg("%s was opened", path);
    if (problem.kind != kind) fail_msg("kind %d: %s", (int)problem.kind, problem.text);
    assert_int_equal(problem.index, -1);
}

static void an_error_has_its_kind(void **state) {
    (void)state;
    char path[600];
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    expect_kind("/no/such/model", XATTN_NOT_FOUND);
    setenv("XATTN_KERNELS", "abacus", 1);
    expect_kind(directory, XATTN_USAGE);
    unsetenv("XATTN_KERNELS");
    tiny_file_replace(directory, "config.json", "\"marian\"", "\"t5\"");
    expect_kind(directory, XATTN_UNSUPPORTED);
    tiny_file_replace(directory, "config.json", "\"t5\"", "\"marian\"");
    tiny_file_replace(directory, "config.json", "\"swish\"", "\"gelu\"");
    expect_kind(directory, XATTN_UNSUPPORTED);
    tiny_file_replace(directory, "config.json", "\"gelu\"", "gelu");
    expect_kind(directory, XATTN_MALFORMED);
    snprintf(path, sizeof path, "%s/config.json", directory);
    remove(path);
    mkdir(path, 0777);
    expect_kind(directory, XATTN_UNREADABLE);
    rmdir(path);
    tiny_model_remove(directory);
}

static void a_text_can_be_at_fault(void **state) {
    (void)state;
    static const char *const texts[] = {"a", ">>xyz<< b"};
    xattn_translation *t[2];
    assert_false(xattn_translate(marian, texts, 2, NULL, t, &problem));
    assert_int_equal(problem.kind, XATTN_BAD_TEXT);
    assert_int_equal(problem.index, 1);
    assert_null(xattn_tokenize(marian, XATTN_SOURCE, texts[1], &problem));
    assert_int_equal(problem.kind, XATTN_BAD_TEXT);
}

/* ---- sentences ---- */

static void a_result_names_its_source_and_its_sentences(void **state) {
    (void)state;
    static const char text[] = "  A b! C d e?  X y. ";
    xattn_translation *t = translate_one(
        splitting, text, (xattn_options){XATTN_OPTIONS, .no_copy = true, .beam = 2, .nbest = 2});
    assert_string_equal(t->source_text, text);
    assert_int_equal(t->n_sentences, 3);
    assert_string_equal(t->alternatives[0]->source_text, text);
    assert_int_equal(t->alternatives[0]->n_sentences, 3);
    xattn_translation_free(t);
    t = translate_one(splitting, text,
                      (xattn_options){XATTN_OPTIONS, .no_copy = true, .no_split = true});
    assert_int_equal(t->n_sentences, 1);
    xattn_translation_free(t);
    t = translate_one(splitting, " ", (xattn_options){XATTN_OPTIONS});
    assert_int_equal(t->n_sentences, 0);
    assert_string_equal(t->source_text, " ");
    xattn_translation_free(t);
}

/* More sentences than several windows hold, at their borders: as if translated one by one. */
static void windows_leave_no_seams(void **state) {
    (void)state;
    enum { MOST = 1100 };
    static const size_t counts[] = {511, 512, 513, 1024, 1025, MOST};
    static const char *const kinds[] = {"A b! ", "C! ", "X y z? "};
    xattn_options options = {XATTN_OPTIONS, .no_copy = true, .scores = true, .max_length = 5};
    xattn_translation *one[3];
    for (size_t k = 0; k < 3; k++) one[k] = translate_one(splitting, kinds[k], options);
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        char *text = calloc(MOST, 8), *at = text;
        for (size_t i = 0; i < counts[c]; i++) at = stpcpy(at, kinds[i * i % 3]);
        xattn_translation *t = translate_one(splitting, text, options);
        assert_int_equal(t->n_sentences, counts[c]);
        size_t source = 0, target = 0;
        for (size_t i = 0; i < counts[c]; i++) {
            const xattn_translation *part = one[i * i % 3];
            assert_memory_equal(t->source.ids + source, part->source.ids,
                                part->source.n * sizeof(int));
            assert_memory_equal(t->target.ids + target, part->target.ids,
                                part->target.n * sizeof(int));
            source += part->source.n;
            target += part->target.n;
        }
        assert_true(source == t->source.n && target == t->target.n);
        xattn_translation_free(t);
        free(text);
    }
    for (size_t k = 0; k < 3; k++) xattn_translation_free(one[k]);
}

/* Memory is what the result takes, some pieces a sentence, and not what it took to get there: 4.6 KB a
   sentence once, 13 GB for a line of 8 MiB. */
static void many_small_sentences_take_little_memory(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip();  // they keep what was freed
#else
    enum { N = 150000, MOST_EACH = 400 };
    struct rusage before, after;
    char *text = calloc(N, 4);
    static const char sentence[] = {'A', '!', ' '};
    for (size_t i = 0; i < N; i++) memcpy(text + 3 * i, sentence, sizeof sentence);
    getrusage(RUSAGE_SELF, &before);
    xattn_options options = {XATTN_OPTIONS, .max_length = 2, .scores = true, .beam = 1};
    xattn_translation *t = translate_one(splitting, text, options);
    getrusage(RUSAGE_SELF, &after);
    assert_int_equal(t->n_sentences, N);
    size_t unit = 1024;
#ifdef __APPLE__
    unit = 1;
#endif
    size_t grown = (size_t)(after.ru_maxrss - before.ru_maxrss) * unit;
    if (grown > (size_t)N * MOST_EACH) fail_msg("%zu bytes for %d sentences", grown, N);
    xattn_translation_free(t);
    free(text);
#endif
}

/* ---- given translations, as they are translated: sentence by sentence ---- */

static void pairs_are_split_where_both_sides_agree(void **state) {
    (void)state;
    static const char *const sources[] = {"A b! C d e?", "A b!", "C d e?"};
    static const char *const answers[] = {"X y. Z w!", "X y.", "Z w!"};
    xattn_options options = {XATTN_OPTIONS, .no_copy = true, .scores = true, .attention = true};
    xattn_translation *t[3];
    assert_true(xattn_score(splitting, sources, answers, 3, &options, t, &problem));
    assert_int_equal(t[0]->n_sentences, 2);
    assert_false(t[0]->unsplit);
    assert_int_equal(t[0]->target.n, t[1]->target.n + t[2]->target.n);
    for (size_t k = 1, at = 0; k < 3; k++)
        for (size_t i = 0; i < t[k]->target.n; i++, at++) {
            assert_int_equal(t[0]->target.ids[at], t[k]->target.ids[i]);
            assert_true(t[0]->logprobs[at] == t[k]->logprobs[i]);
        }
    for (size_t i = 0; i < t[1]->target.n; i++)  // nothing is looked at across
        for (size_t j = t[1]->source.n; j < t[0]->source.n; j++)
            assert_true(t[0]->attention[i * t[0]->source.n + j] == 0.0F);
    for (size_t i = 0; i < 3; i++) xattn_translation_free(t[i]);
}

/* Neither vocabulary has them, and one model never writes <unk>. */
static void unknown_characters_have_a_finite_score(void **state) {
    (void)state;
    const xattn_model *models[] = {marian, splitting};
    const char *sources[] = {">>fra<< a b", ">>fra<< a 田 b", ">>fra<< a"};
    const char *targets[] = {"a é 田中 b", "a b", "田"};
    for (size_t i = 0; i < 4; i++) {
        xattn_options options = {XATTN_OPTIONS, .scores = true, .no_copy = i % 2};
        xattn_translation *t[3];
        if (!xattn_score(models[i / 2], sources, targets, 3, &options, t, &problem))
            fail_msg("%s", problem.text);
        for (size_t k = 0; k < 3; k++) {
            assert_true(isfinite(t[k]->score) && t[k]->score < 0);
            assert_string_equal(t[k]->text, targets[k]);
            xattn_translation_free(t[k]);
        }
    }
}

static void pairs_that_differ_are_read_whole_and_say_so(void **state) {
    (void)state;
    static const char *const sources[] = {"A b! C d e?", "A b!", "A b! C d e?", ""};
    static const char *const answers[] = {"X y and z w!", "X y. Z w!", "", "X. Y."};
    static const bool unsplit[] = {true, true, false, false};
    xattn_options options = {XATTN_OPTIONS, .no_copy = true, .scores = true};
    xattn_translation *t[4], *whole[4];
    assert_true(xattn_score(splitting, sources, answers, 4, &options, t, &problem));
    options.no_split = true;
    assert_true(xattn_score(splitting, sources, answers, 4, &options, whole, &problem));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(t[i]->unsplit, unsplit[i]);
        assert_false(whole[i]->unsplit);
        assert_int_equal(t[i]->n_sentences, i < 3);
        assert_same_target(t[i], whole[i]);
        xattn_translation_free(t[i]);
        xattn_translation_free(whole[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_is_the_models_own_penalty),
        cmocka_unit_test(an_older_program_has_shorter_options),
        cmocka_unit_test(a_newer_program_has_longer_options),
        cmocka_unit_test(a_beam_has_a_limit),
        cmocka_unit_test(options_without_a_size_are_refused),
        cmocka_unit_test(an_error_has_its_kind),
        cmocka_unit_test(a_text_can_be_at_fault),
        cmocka_unit_test(a_result_names_its_source_and_its_sentences),
        cmocka_unit_test(windows_leave_no_seams),
        cmocka_unit_test(many_small_sentences_take_little_memory),
        cmocka_unit_test(pairs_are_split_where_both_sides_agree),
        cmocka_unit_test(pairs_that_differ_are_read_whole_and_say_so),
        cmocka_unit_test(unknown_characters_have_a_finite_score),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
