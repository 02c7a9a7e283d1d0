/* The batcher, given translations, and runners-up. */
#include <math.h>

#include "fixture.h"
#include "layers.h"

enum { MOST = 39, V = 61, PAD = 60, EOS = 0 };

static SearchOptions greedy(void) { return beam_of(1, 1.0F, MOST); }

/* Sentences of one length in a row, of another between them, many more than a batch holds. */
static void results_stand_where_their_sources_stood(void **state) {
    (void)state;
    enum { N = 200 };
    static Tokens sources[N];
    static Hypothesis all[N];
    Fixture f = open_model_with(1.0F, true);
    for (size_t i = 0; i < N; i++) sources[i] = sentence(&f, i);
    find(&f, sources, N, greedy(), all);
    for (size_t i = 0; i < N; i++) {
        Hypothesis alone;
        find(&f, &sources[i], 1, greedy(), &alone);
        assert_same(&all[i], &alone, 0.0F);
        hypothesis_free(&alone);
    }
    free_all(all, N);
    close_model(&f);
}

/* Whatever is kept of it, and however many threads there were. */
static void threads_change_nothing(void **state) {
    (void)state;
    enum { N = 150, K = 3 };
    static Tokens sources[N];
    static Hypothesis one[N * K], several[N * K];
    Fixture f = open_model_with(1.0F, true);
    for (size_t i = 0; i < N; i++) sources[i] = sentence(&f, i);
    for (size_t beam = 1; beam <= K; beam += K - 1)
        for (size_t threads = 2; threads <= 4; threads++) {
            SearchOptions options = beam_of(beam, 1.0F, MOST);
            find(&f, sources, N, options, one);
            options.threads = threads;
            find(&f, sources, N, options, several);
            for (size_t i = 0; i < N * beam; i++) assert_same(&several[i], &one[i], 0.0F);
            free_all(one, N * beam);
            free_all(several, N * beam);
        }
    close_model(&f);
}

static void nothing_to_do_is_done(void **state) {
    (void)state;
    Error err = {0};
    SearchOptions options = beam_of(4, 1.0F, MOST);
    Fixture f = open_model_with(1.0F, true);
    assert_true(search_translate(f.model, NULL, NULL, 0, &options, NULL, &err));
    close_model(&f);
}

/* One that fails in the last batch takes the others along. */
static void after_a_failure_there_are_no_hypotheses(void **state) {
    (void)state;
    enum { N = 80, K = 2 };
    static Tokens sources[N];
    static Hypothesis all[N * K];
    Fixture f = open_model_with(1.0F, true);
    Embedding *embedding = &f.model->encoder.embedding;
    float *table = floats_of(&f.arena, &embedding->tokens, V, 12);
    for (size_t i = 0; i < 12; i++) table[1 * 12 + i] = NAN;  // <unk>
    embedding->tokens = weights_of(&f.arena, table, V, 12);
    for (size_t i = 0; i < N; i++) sources[i] = sentence(&f, i);
    int damaged[] = {1, EOS};
    sources[33] = (Tokens){.n = 2, .ids = damaged};
    for (size_t beam = 1; beam <= 4; beam += 3) {
        Error err = {0};
        SearchOptions options = beam_of(beam, 1.0F, MOST);
        options.nbest = beam > 1 ? K : 1;
        options.threads = beam;
        assert_false(search_translate(f.model, sources, NULL, N, &options, all, &err));
        assert_non_null(strstr(err.text, "weights are damaged"));
        for (size_t i = 0; i < N * options.nbest; i++) {
            assert_null(all[i].ids);
            assert_int_equal(all[i].n, 0);
        }
    }
    close_model(&f);
}

/* The numbers equal those of stepping the decoder by hand, whatever the options of search. */
static void given_ids_are_read_as_they_are(void **state) {
    (void)state;
    int ids[] = {5, 5, 59, 1, EOS, 17, PAD - 1, EOS};
    enum { N = sizeof ids / sizeof ids[0] };
    Error err = {0};
    Fixture f = open_model_with(1.0F, true);
    Tokens source = sentence(&f, 2), target = {.n = N, .ids = ids};
    size_t offsets[] = {0, source.n};
    SearchOptions options = beam_of(7, 3.0F, 2);
    options.nbest = 1;
    Hypothesis h;
    if (!search_translate(f.model, &source, &target, 1, &options, &h, &err))
        fail_msg("%s", err.text);
    assert_int_equal(h.n, N);
    assert_memory_equal(h.ids, ids, sizeof ids);
    assert_false(h.cut);
    float *memory =
        encoder_forward(&f.model->encoder, source.ids, offsets, 1, NULL, &f.arena, &err);
    DecoderState *decoder = decoder_start(&f.model->decoder, memory, offsets, 1, 1, NULL, &err);
    float *logits = floats_filled(&f.arena, V, 0.0F);
    float *row = floats_filled(&f.arena, h.attention_size, 0.0F);
    double score = 0.0;
    for (size_t t = 0; t < N; t++) {
        double sum = 0.0;
        int newest = t ? ids[t - 1] : PAD;
        assert_true(decoder_step(decoder, &newest, logits, &row, NULL, &err));
        for (size_t id = 0; id < V; id++) sum += exp((double)logits[id]);
        float expected = (float)((double)logits[ids[t]] - log(sum));
        assert_floats_near(&h.logprobs[t], &expected, 1, 1e-5F, "log p");
        assert_floats_near(h.attention + t * h.attention_size, row, h.attention_size, 1e-6F,
                           "rows");
        score += (double)h.logprobs[t];
    }
    assert_true(fabs(h.score - score) < 1e-9);
    decoder_free(decoder);
    hypothesis_free(&h);
    close_model(&f);
}

/* Pairs of all lengths on both sides, read together and alone; and what was found reads like that. */
static void given_ids_in_a_batch(void **state) {
    (void)state;
    enum { N = 90 };
    static Tokens sources[N], targets[N];
    static Hypothesis found[N], all[N];
    Error err = {0};
    SearchOptions options = greedy();
    Fixture f = open_model_with(2.0F, false);
    for (size_t i = 0; i < N; i++) sources[i] = sentence(&f, i);
    find(&f, sources, N, options, found);
    for (size_t i = 0; i < N; i++) {
        targets[i] = (Tokens){.n = found[i].n, .ids = found[i].ids};
        if (i % 3 == 0) targets[i] = sentence(&f, i + 7);
    }
    assert_true(search_translate(f.model, sources, targets, N, &options, all, &err));
    for (size_t i = 0; i < N; i++) {
        Hypothesis alone = read_ids(&f, &sources[i], targets[i].ids, targets[i].n, 3);
        assert_same(&all[i], &alone, 1e-5F);
        found[i].cut = false;  // a reader does not know
        if (i % 3) assert_same(&all[i], &found[i], 1e-5F);
        hypothesis_free(&alone);
    }
    free_all(all, N);
    free_all(found, N);
    close_model(&f);
}

static bool is_among(const RunnerUp *runners, size_t n, int id, float logprob) {
    for (size_t i = 0; i < n; i++)
        if (runners[i].id == id) return runners[i].logprob == logprob;
    return false;
}

/* Runners-up are in order and different. The first is greedy search's, with the same number. The
   probabilities of all tokens sum to 1 minus that of the banned ones. */
static void runners_up_are_ranked(void **state) {
    (void)state;
    Fixture f = open_model_with(-1000.0F, false);
    Tokens source = sentence(&f, 6);
    for (size_t wanted = 1; wanted <= 200; wanted = wanted * 3 + 1) {
        Hypothesis h;
        SearchOptions options = greedy();
        options.runners_up = wanted;
        find(&f, &source, 1, options, &h);
        size_t n = wanted < V - 1 ? wanted : V - 1;
        assert_int_equal(h.n_runners_up, n);
        for (size_t t = 0; t < h.n; t++) {
            const RunnerUp *runners = h.runners_up + t * n;
            bool seen[V] = {false};
            double sum = 0.0;
            assert_int_equal(runners[0].id, h.ids[t]);
            assert_true(runners[0].logprob == h.logprobs[t]);
            for (size_t i = 0; i < n; i++) {
                if (i) assert_true(runners[i].logprob <= runners[i - 1].logprob);
                assert_int_not_equal(runners[i].id, PAD);
                assert_false(seen[runners[i].id]);
                seen[runners[i].id] = true;
                sum += exp((double)runners[i].logprob);
            }
            assert_true(sum < 1.0);
            if (n == V - 1) assert_true(sum > 0.8);
        }
        hypothesis_free(&h);
    }
    close_model(&f);
}

/* Those of a beam contain the token that the hypothesis took, though it need not be the first. */
static void runners_up_of_a_beam_contain_the_token(void **state) {
    (void)state;
    enum { N = 5 };
    size_t n_others = 0;
    Hypothesis found[N];
    Fixture f = open_model_with(1.0F, false);
    Tokens source = sentence(&f, 11);
    SearchOptions options = beam_of(N, 1.0F, MOST);
    options.runners_up = V;
    find(&f, &source, 1, options, found);
    for (size_t k = 0; k < N; k++)
        for (size_t t = 0; t < found[k].n; t++) {
            const RunnerUp *runners = found[k].runners_up + t * found[k].n_runners_up;
            assert_true(is_among(runners, V - 1, found[k].ids[t], found[k].logprobs[t]));
            n_others += runners[0].id != found[k].ids[t];
        }
    assert_true(n_others > 0);
    free_all(found, N);
    close_model(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_stand_where_their_sources_stood),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(nothing_to_do_is_done),
        cmocka_unit_test(after_a_failure_there_are_no_hypotheses),
        cmocka_unit_test(given_ids_are_read_as_they_are),
        cmocka_unit_test(given_ids_in_a_batch),
        cmocka_unit_test(runners_up_are_ranked),
        cmocka_unit_test(runners_up_of_a_beam_contain_the_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
