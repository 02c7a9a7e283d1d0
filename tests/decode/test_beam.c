/* Beam search against the same rules written down naively: whole prefixes read from their start,
   nothing carried over from step to step. And its ends, its lists, and that a batch changes nothing. */
#include <math.h>
#include <stdlib.h>

#include "decode/beam.h"
#include "decode/greedy.h"
#include "fixture.h"
#include "layers.h"

enum { MAX_N = 8, MOST = 39, V = 61, PAD = 60, EOS = 0 };
static const float tolerance = 2e-5F;

/* ---- the naive search ---- */

typedef struct {
    size_t n;
    int ids[MOST + 1];
    double score;       // Σ log p
    double normalized;  // of a finished one
} Beginning;

typedef struct {
    size_t n_living, n_finished;
    Beginning living[MAX_N], finished[4 * MAX_N];
} Naive;

static int by_score(const void *a, const void *b) {
    double x = ((const Beginning *)a)->score, y = ((const Beginning *)b)->score;
    return (x < y) - (x > y);
}

static int by_normalized(const void *a, const void *b) {
    double x = ((const Beginning *)a)->normalized, y = ((const Beginning *)b)->normalized;
    return (x < y) - (x > y);
}

/* Every continuation of the living, best first. */
static size_t continuations(const Fixture *f, const Tokens *source, const Naive *naive,
                            bool force_eos, Beginning *all) {
    size_t n = 0;
    for (size_t i = 0; i < naive->n_living; i++) {
        Beginning prefix = naive->living[i];
        prefix.ids[prefix.n++] = EOS;
        Hypothesis h = read_ids(f, source, prefix.ids, prefix.n, V - 1);
        const RunnerUp *runners = h.runners_up + (h.n - 1) * h.n_runners_up;
        for (size_t k = 0; k < h.n_runners_up; k++) {
            if (force_eos && runners[k].id != EOS) continue;
            all[n] = prefix;
            all[n].ids[prefix.n - 1] = runners[k].id;
            all[n++].score += force_eos ? 0.0 : (double)runners[k].logprob;
        }
        hypothesis_free(&h);
    }
    qsort(all, n, sizeof *all, by_score);
    return n;
}

static double normalize(double score, size_t length, float penalty) {
    return score / pow((double)length, (double)penalty);
}

/* True when the search is over. */
static bool naive_step(const Fixture *f, const Tokens *source, SearchOptions options, bool forced,
                       Naive *naive) {
    static Beginning all[MAX_N * V];
    size_t N = options.beam, length = naive->living[0].n + 1;
    bool last = length == options.max_length;
    size_t n = continuations(f, source, naive, last && forced, all);
    naive->n_living = 0;
    for (size_t i = 0; i < n && i < 2 * N; i++) {
        bool ends = last || all[i].ids[length - 1] == EOS;
        if (!ends && naive->n_living < N) naive->living[naive->n_living++] = all[i];
        if (!ends || i >= N) continue;
        all[i].normalized = normalize(all[i].score, length, options.length_penalty);
        naive->finished[naive->n_finished++] = all[i];
    }
    qsort(naive->finished, naive->n_finished, sizeof *all, by_normalized);
    if (naive->n_finished > N) naive->n_finished = N;
    if (!naive->n_living) return true;
    double hope = normalize(naive->living[0].score, length, options.length_penalty);
    return naive->n_finished == N && hope <= naive->finished[N - 1].normalized;
}

static Naive naive_search(const Fixture *f, const Tokens *source, SearchOptions options) {
    Naive naive = {.n_living = 1};
    bool forced = f->model->config.generation.forced_eos >= 0;
    while (!naive_step(f, source, options, forced, &naive)) continue;
    return naive;
}

/* A hypothesis is what reading its own ids gives, up to what was forced at its end. */
static void assert_reads_like_that(const Fixture *f, const Tokens *source, const Hypothesis *h) {
    Hypothesis again = read_ids(f, source, h->ids, h->n, h->n_runners_up);
    size_t n = h->n - (h->cut && f->model->config.generation.forced_eos >= 0);
    if (n < h->n) assert_true(h->logprobs[n] == 0.0F);
    again.cut = h->cut;
    again.logprobs[h->n - 1] = n < h->n ? 0.0F : again.logprobs[h->n - 1];
    assert_same(h, &again, tolerance);
    hypothesis_free(&again);
}

/* How many were found. */
static size_t assert_naive(const Fixture *f, const Tokens *source, SearchOptions options) {
    Hypothesis found[MAX_N];
    Naive naive = naive_search(f, source, options);
    find(f, source, 1, options, found);
    for (size_t i = 0; i < options.beam; i++) {
        if (i >= naive.n_finished) {
            assert_int_equal(found[i].n, 0);
            continue;
        }
        assert_int_equal(found[i].n, naive.finished[i].n);
        assert_memory_equal(found[i].ids, naive.finished[i].ids, found[i].n * sizeof(int));
        assert_true(fabs(found[i].score - naive.finished[i].score) < 1e-4);
        assert_reads_like_that(f, source, &found[i]);
    }
    free_all(found, options.beam);
    return naive.n_finished;
}

static void it_finds_what_the_naive_search_finds(void **state) {
    (void)state;
    static const float penalties[] = {1.0F, 0.6F, 0.0F, -1.0F, 2.5F};
    for (size_t i = 0; i < 60; i++) {
        Fixture f = open_model_with((float)(i % 7) * 0.5F, i % 2);
        Tokens source = sentence(&f, i);
        size_t N = 2 + i % 3 * (i % 4);
        assert_int_equal(assert_naive(&f, &source, beam_of(N, penalties[i % 5], 12)), N);
        close_model(&f);
    }
}

/* The limit comes first: at once, soon, or at the limit of the model's files. */
static void limits_are_those_of_the_naive_search(void **state) {
    (void)state;
    static const size_t limits[] = {1, 2, 3, 4, 7, MOST};
    for (size_t i = 0; i < 6; i++)
        for (size_t forced = 0; forced <= 1; forced++) {
            Fixture f = open_model_with(0.5F, forced);
            Tokens source = sentence(&f, i);
            size_t found = assert_naive(&f, &source, beam_of(3, 1.0F, limits[i]));
            assert_int_equal(found, limits[i] == 1 && forced ? 1 : 3);
            close_model(&f);
        }
}

/* With two tokens at most and room for everything, there is nothing that it could miss. */
static void a_beam_that_holds_everything_misses_nothing(void **state) {
    (void)state;
    enum { N = 64 };
    Hypothesis found[N];
    Fixture f = open_model_with(-2.0F, false);
    Tokens source = sentence(&f, 3);
    find(&f, &source, 1, beam_of(N, 0.0F, 2), found);
    double best = -INFINITY;
    int ids[2] = {EOS, EOS}, best_ids[2] = {EOS, EOS};
    for (ids[0] = 1; ids[0] < PAD; ids[0]++) {
        Hypothesis h = read_ids(&f, &source, ids, 2, 1);
        double score = (double)h.logprobs[0] + (double)h.runners_up[1].logprob;
        if (score > best) {
            best = score;
            best_ids[0] = ids[0];
            best_ids[1] = h.runners_up[1].id;
        }
        hypothesis_free(&h);
    }
    ids[0] = EOS;
    Hypothesis nothing = read_ids(&f, &source, ids, 1, 1);
    assert_true((double)nothing.logprobs[0] < best);
    assert_int_equal(found[0].n, 2);
    assert_memory_equal(found[0].ids, best_ids, sizeof best_ids);
    for (size_t i = 0; i < N; i++) assert_true(found[i].n > 0);
    hypothesis_free(&nothing);
    free_all(found, N);
    close_model(&f);
}

/* Nor is there anything but what may be said: of V tokens, all but <pad>. */
static void a_beam_may_find_less_than_it_holds(void **state) {
    (void)state;
    enum { N = 64 };
    Hypothesis found[N];
    bool said[V] = {false};
    Fixture f = open_model_with(0.0F, false);
    Tokens source = sentence(&f, 3);
    find(&f, &source, 1, beam_of(N, 1.0F, 1), found);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(found[i].n, i < V - 1);
        if (found[i].n) said[found[i].ids[0]] = true;
    }
    for (size_t id = 0; id < V; id++) assert_int_equal(said[id], id != PAD);
    free_all(found, N);
    close_model(&f);
}

/* The lists of 1 … N are the beginnings of the list of N, sorted, and no two of them are the same. */
static void lists_are_sorted_and_distinct(void **state) {
    (void)state;
    enum { N = 6 };
    for (size_t i = 0; i < 12; i++) {
        Hypothesis all[N], some[N];
        Fixture f = open_model_with(1.0F, true);
        Tokens source = sentence(&f, i);
        SearchOptions options = beam_of(N, 0.6F, MOST);
        find(&f, &source, 1, options, all);
        for (size_t a = 0; a < N; a++)
            for (size_t b = a + 1; b < N; b++) {
                assert_false(same_ids(&all[a], &all[b]));
                assert_true(normalize(all[a].score, all[a].n, 0.6F) >=
                            normalize(all[b].score, all[b].n, 0.6F));
            }
        for (options.nbest = 1; options.nbest < N; options.nbest++) {
            find(&f, &source, 1, options, some);
            for (size_t a = 0; a < options.nbest; a++) assert_same(&some[a], &all[a], 0.0F);
            free_all(some, options.nbest);
        }
        free_all(all, N);
        close_model(&f);
    }
}

/* `cut` is true if the model did not end by itself. Scoring the beginning shows what it would have
   written instead of a forced </s>. */
static void what_the_limit_cuts_is_marked(void **state) {
    (void)state;
    enum { N = 5 };
    size_t n_cut[2] = {0}, n_whole[2] = {0};
    for (size_t i = 0; i < 80; i++) {
        Hypothesis found[N];
        size_t forced = i % 2, limit = 1 + i % 5;
        Fixture f = open_model_with(3.0F, forced);
        Tokens source = sentence(&f, i);
        find(&f, &source, 1, beam_of(N, 1.0F, limit), found);
        for (size_t k = 0; k < N && found[k].n; k++) {
            const Hypothesis *h = &found[k];
            const RunnerUp *best = h->runners_up + (h->n - 1) * h->n_runners_up;
            bool ended = (forced && h->n == limit ? best->id : h->ids[h->n - 1]) == EOS;
            assert_int_equal(h->cut, !ended);
            if (h->cut) assert_int_equal(h->n, limit);
            n_cut[forced] += h->cut;
            n_whole[forced] += !h->cut && h->n == limit;
        }
        free_all(found, N);
        close_model(&f);
    }
    for (size_t forced = 0; forced <= 1; forced++)
        assert_true(n_cut[forced] > 3 && n_whole[forced] > 3);
}

static void hypotheses_that_never_end_are_all_cut(void **state) {
    (void)state;
    enum { N = 4 };
    for (size_t forced = 0; forced <= 1; forced++) {
        Hypothesis found[N];
        Fixture f = open_model_with(-1000.0F, forced);
        Tokens source = sentence(&f, 4);
        find(&f, &source, 1, beam_of(N, 1.0F, MOST), found);
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(found[i].n, MOST);
            assert_true(found[i].cut);
            for (size_t t = 0; t < MOST; t++) {
                assert_int_equal(found[i].ids[t] == EOS, forced && t + 1 == MOST);
                assert_int_not_equal(found[i].ids[t], PAD);
            }
        }
        free_all(found, N);
        close_model(&f);
    }
}

/* A beam of one is greedy search, with both searches' own code; search_translate takes the latter. */
static void a_beam_of_one_is_greedy(void **state) {
    (void)state;
    Fixture f = open_model_with(1.0F, true);
    Error err = {0};
    for (size_t i = 0; i < 20; i++) {
        Tokens source = sentence(&f, i);
        const Tokens *sources[] = {&source};
        SearchOptions options = beam_of(1, 1.0F, MOST);
        Hypothesis beam, greedy, found;
        Hypothesis *one[] = {&beam}, *other[] = {&greedy};
        assert_true(beam_search(f.model, sources, 1, &options, one, &err));
        assert_true(greedy_search(f.model, sources, NULL, 1, &options, other, &err));
        find(&f, &source, 1, options, &found);
        assert_same(&beam, &greedy, 0.0F);
        assert_same(&found, &greedy, 0.0F);
        hypothesis_free(&beam);
        hypothesis_free(&greedy);
        hypothesis_free(&found);
    }
    close_model(&f);
}

/* It looks further than greedy search: what it finds is never less probable, and often more. */
static void a_wide_beam_finds_better_ones(void **state) {
    (void)state;
    size_t n_better = 0;
    Fixture f = open_model_with(1.0F, true);
    for (size_t i = 0; i < 20; i++) {
        Hypothesis greedy, beam;
        Tokens source = sentence(&f, i);
        SearchOptions options = beam_of(16, 0.0F, MOST);
        options.nbest = 1;
        find(&f, &source, 1, options, &beam);
        options.beam = 1;
        find(&f, &source, 1, options, &greedy);
        if (!greedy.cut) assert_true(beam.score >= greedy.score - 1e-5);
        n_better += beam.score > greedy.score + 1e-3;
        hypothesis_free(&greedy);
        hypothesis_free(&beam);
    }
    assert_true(n_better > 5);
    close_model(&f);
}

/* 50 sentences of 1 to 23 tokens, 4 hypotheses each: more rows than a batch holds, searches that are
   over at different steps, and lists at their places. */
static void a_batch_equals_its_sentences(void **state) {
    (void)state;
    enum { SENTENCES = 50, N = 4, K = 3 };
    static Hypothesis together[SENTENCES * K];
    static Tokens sources[SENTENCES];
    Fixture f = open_model_with(1.0F, true);
    SearchOptions options = beam_of(N, 1.0F, MOST);
    options.nbest = K;
    for (size_t i = 0; i < SENTENCES; i++) sources[i] = sentence(&f, i);
    find(&f, sources, SENTENCES, options, together);
    for (size_t i = 0; i < SENTENCES; i++) {
        Hypothesis alone[K];
        find(&f, &sources[i], 1, options, alone);
        for (size_t k = 0; k < K; k++) assert_same(&together[i * K + k], &alone[k], 1e-5F);
        free_all(alone, K);
    }
    free_all(together, SENTENCES * K);
    close_model(&f);
}

static void what_nobody_asked_for_is_not_there(void **state) {
    (void)state;
    enum { N = 3 };
    Hypothesis all[N], plain[N];
    Fixture f = open_model_with(1.0F, true);
    Tokens source = sentence(&f, 8);
    SearchOptions options = beam_of(N, 1.0F, MOST);
    find(&f, &source, 1, options, all);
    options.attention = false;
    options.runners_up = 0;
    find(&f, &source, 1, options, plain);
    for (size_t i = 0; i < N; i++) {
        assert_true(same_ids(&all[i], &plain[i]));
        assert_null(plain[i].attention);
        assert_null(plain[i].runners_up);
    }
    free_all(all, N);
    free_all(plain, N);
    close_model(&f);
}

/* Damage that shows at once, and damage that shows only when a hypothesis contains the damaged word. */
static void weights_that_are_not_numbers_are_an_error(void **state) {
    (void)state;
    enum { N = 4 };
    Fixture f = open_model_with(-1000.0F, true);
    Tokens source = sentence(&f, 2);
    Hypothesis found[N];
    SearchOptions options = beam_of(N, 1.0F, MOST);
    find(&f, &source, 1, options, found);
    int second = found[N - 1].ids[1];
    free_all(found, N);
    Embedding *embedding = &f.model->decoder.embedding;
    float *table = floats_of(&f.arena, &embedding->tokens, V, 12);
    table[second * 12 + 5] = NAN;
    embedding->tokens = weights_of(&f.arena, table, V, 12);
    Error err = {0};
    assert_false(search_translate(f.model, &source, NULL, 1, &options, found, &err));
    assert_non_null(strstr(err.text, "weights are damaged"));
    for (size_t i = 0; i < N; i++) assert_null(found[i].ids);
    close_model(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_what_the_naive_search_finds),
        cmocka_unit_test(limits_are_those_of_the_naive_search),
        cmocka_unit_test(a_beam_that_holds_everything_misses_nothing),
        cmocka_unit_test(a_beam_may_find_less_than_it_holds),
        cmocka_unit_test(lists_are_sorted_and_distinct),
        cmocka_unit_test(what_the_limit_cuts_is_marked),
        cmocka_unit_test(hypotheses_that_never_end_are_all_cut),
        cmocka_unit_test(a_beam_of_one_is_greedy),
        cmocka_unit_test(a_wide_beam_finds_better_ones),
        cmocka_unit_test(a_batch_equals_its_sentences),
        cmocka_unit_test(what_nobody_asked_for_is_not_there),
        cmocka_unit_test(weights_that_are_not_numbers_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
