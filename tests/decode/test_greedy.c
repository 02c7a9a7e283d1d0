/* Greedy search: how it ends, forbidden tokens, its numbers; and batches change nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decode/search.h"
#include "floats.h"
#include "tiny_model.h"

typedef struct {
    char *directory;
    Model *model;
    Arena arena;
} Fixture;

static Fixture open_model(const TinyModel *options) {
    Fixture f = {.directory = tiny_model_write(options)};
    Error err = {0};
    if (!model_load(f.directory, XATTN_AS_STORED, &f.model, &err)) fail_msg("%s", err.text);
    return f;
}

static void close_model(Fixture *f) {
    model_free(f->model);
    arena_free(&f->arena);
    tiny_model_remove(f->directory);
}

/* Another bias for the model's logits: `value` on one id, the model's own on the others. */
static void set_bias(Fixture *f, size_t id, float value) {
    size_t V = f->model->config.target_vocab;
    float *bias = floats_filled(&f->arena, V, 0.0F);
    memcpy(bias, f->model->decoder.output.bias, V * sizeof *bias);
    bias[id] = value;
    f->model->decoder.output.bias = bias;
}

static int ids_of_source[] = {7, 31, 12, 55, 44, 9, 0};
static const Tokens source = {.n = 7, .ids = ids_of_source};

static SearchOptions everything(size_t max_tokens) {
    return (SearchOptions){
        .max_length = max_tokens, .scores = true, .attention = true, .beam = 1, .nbest = 1};
}

static Hypothesis search(const Fixture *f, SearchOptions options) {
    Hypothesis h;
    Error err = {0};
    if (!search_translate(f->model, &source, NULL, 1, &options, &h, &err)) fail_msg("%s", err.text);
    return h;
}

static void without_eos_the_limit_ends_it(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.eos_bias = -1000.0F;
    options.forced_eos = false;
    Fixture f = open_model(&options);
    assert_int_equal(model_target_limit(f.model), 39);  // max_length counts the start symbol
    for (size_t limit = 1; limit <= 39; limit += 19) {
        Hypothesis h = search(&f, everything(limit));
        assert_int_equal(h.n, limit);
        assert_true(h.cut);
        for (size_t i = 0; i < h.n; i++) assert_int_not_equal(h.ids[i], f.model->config.eos);
        hypothesis_free(&h);
    }
    close_model(&f);
}

static void the_config_may_force_eos_at_the_limit(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.eos_bias = -1000.0F;
    Fixture f = open_model(&options);
    for (size_t limit = 1; limit <= 39; limit += 19) {
        Hypothesis h = search(&f, everything(limit));
        assert_int_equal(h.n, limit);
        assert_true(h.cut);
        for (size_t i = 0; i < h.n; i++) assert_int_equal(h.ids[i] == 0, i + 1 == limit);
        hypothesis_free(&h);
    }
    close_model(&f);
}

static void eos_ends_it_and_nothing_is_cut(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.eos_bias = 1000.0F;
    Fixture f = open_model(&options);
    for (size_t limit = 1; limit <= 39; limit += 19) {  // also where the limit is the same place
        Hypothesis h = search(&f, everything(limit));
        assert_int_equal(h.n, 1);
        assert_int_equal(h.ids[0], 0);
        assert_false(h.cut);
        hypothesis_free(&h);
    }
    close_model(&f);
}

static void pad_is_never_said(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    Fixture f = open_model(&options);
    set_bias(&f, 60, 1000.0F);
    Hypothesis banned = search(&f, everything(39));
    set_bias(&f, 60, -1000.0F);
    Hypothesis improbable = search(&f, everything(39));
    for (size_t i = 0; i < banned.n; i++) assert_int_not_equal(banned.ids[i], 60);
    assert_int_equal(banned.n, improbable.n);
    assert_memory_equal(banned.ids, improbable.ids, banned.n * sizeof(int));
    // banned after the softmax: it keeps its share of the probability, here nearly all
    for (size_t i = 0; i + 1 < banned.n; i++)
        assert_true(banned.logprobs[i] < improbable.logprobs[i] - 900.0F);
    hypothesis_free(&banned);
    hypothesis_free(&improbable);
    close_model(&f);
}

/* Every token is the largest logit of a decoder that is stepped by hand, with the log-probability
   that double precision gives it; every map row is a distribution. */
static void numbers_are_those_of_the_decoder(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    Fixture f = open_model(&options);
    const Config *c = &f.model->config;
    Error err = {0};
    size_t bounds[] = {0, source.n};
    Hypothesis h = search(&f, everything(39));
    assert_int_equal(h.attention_size, 2 * 3 * source.n);
    float *memory = encoder_forward(&f.model->encoder, source.ids, bounds, 1, NULL, &f.arena, &err);
    DecoderState *decoder = decoder_start(&f.model->decoder, memory, bounds, 1, 1, NULL, &err);
    float *logits = floats_filled(&f.arena, c->target_vocab, 0.0F);
    float *row = floats_filled(&f.arena, h.attention_size, 0.0F);
    double total = 0.0;
    int id = c->start;
    for (size_t t = 0; t < h.n; t++) {
        assert_true(decoder_step(decoder, &id, logits, &row, NULL, &err));
        double sum = 0.0;
        size_t best = 0;
        for (size_t i = 0; i < c->target_vocab; i++) {
            sum += exp((double)logits[i]);
            if (logits[i] > logits[best] && (int)i != c->pad) best = i;
        }
        id = h.ids[t];
        bool forced = h.cut && t + 1 == h.n;
        if (!forced) assert_int_equal(id, best);
        float expected = forced ? 0.0F : (float)((double)logits[id] - log(sum));
        assert_floats_near(&h.logprobs[t], &expected, 1, 1e-5F, "log p");
        total += (double)h.logprobs[t];
        assert_floats_near(h.attention + t * h.attention_size, row, h.attention_size, 0.0F,
                           "map rows");
        for (size_t map = 0; map < 6; map++) {
            double mass = 0.0;
            for (size_t j = 0; j < source.n; j++)
                mass += (double)h.attention[t * h.attention_size + map * source.n + j];
            assert_true(fabs(mass - 1.0) < 1e-6);
        }
    }
    assert_true(fabs(total - h.score) < 1e-6);
    decoder_free(decoder);
    hypothesis_free(&h);
    close_model(&f);
}

static void what_nobody_asked_for_is_not_there(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    Fixture f = open_model(&options);
    SearchOptions plain = everything(39);
    Hypothesis all = search(&f, plain);
    plain.scores = plain.attention = false;
    Hypothesis h = search(&f, plain);
    assert_int_equal(h.n, all.n);
    assert_memory_equal(h.ids, all.ids, h.n * sizeof(int));
    assert_null(h.attention);
    for (size_t i = 0; i < h.n; i++) assert_true(h.logprobs[i] == 0.0F);
    hypothesis_free(&h);
    hypothesis_free(&all);
    close_model(&f);
}

/* 150 sources of all lengths, in no order: more than a batch holds, and translations of many
   lengths, so that rows leave at different steps. */
static void a_batch_equals_its_sentences(void **state) {
    (void)state;
    enum { N = 150 };
    static Tokens sources[N];
    static int ids[N][48];
    static Hypothesis together[N];
    TinyModel options = tiny_model_default();
    options.eos_bias = 1.0F;
    Fixture f = open_model(&options);
    SearchOptions all = everything(39);
    Error err = {0};
    for (size_t i = 0; i < N; i++) {
        size_t n = 1 + i * 31 % 47;
        for (size_t k = 0; k + 1 < n; k++) ids[i][k] = (int)(1 + (i * 7 + k * k * 11 + k) % 59);
        sources[i] = (Tokens){.n = n, .ids = ids[i]};
    }
    if (!search_translate(f.model, sources, NULL, N, &all, together, &err))
        fail_msg("%s", err.text);
    bool lengths[40] = {false};
    size_t n_lengths = 0;
    for (size_t i = 0; i < N; i++) {
        Hypothesis alone, *h = &together[i];
        assert_true(search_translate(f.model, &sources[i], NULL, 1, &all, &alone, &err));
        assert_int_equal(h->n, alone.n);
        assert_memory_equal(h->ids, alone.ids, h->n * sizeof(int));
        assert_floats_near(h->logprobs, alone.logprobs, h->n, 1e-5F, "log p");
        assert_floats_near(h->attention, alone.attention, h->n * h->attention_size, 1e-5F,
                           "map rows");
        n_lengths += !lengths[h->n];
        lengths[h->n] = true;
        hypothesis_free(&alone);
        hypothesis_free(h);
    }
    assert_true(n_lengths > 3);
    close_model(&f);
}

static void expect_damaged(const Fixture *f) {
    Hypothesis h;
    Error err = {0};
    SearchOptions options = everything(39);
    assert_false(search_translate(f->model, &source, NULL, 1, &options, &h, &err));
    assert_non_null(strstr(err.text, "weights are damaged"));
}

/* An error, at once, and never a token or a loop. */
static void weights_that_are_not_numbers_are_an_error(void **state) {
    (void)state;
    static const float values[] = {NAN, -NAN, INFINITY};
    TinyModel options = tiny_model_default();
    for (size_t i = 0; i < 3; i++) {
        Fixture f = open_model(&options);
        set_bias(&f, 17, values[i]);
        expect_damaged(&f);
        close_model(&f);
        f = open_model(&options);
        float *gain = floats_filled(&f.arena, 12, 1.0F);
        gain[5] = values[i];
        f.model->encoder.layers[1].ffn_norm.gain = gain;
        expect_damaged(&f);
        close_model(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_eos_the_limit_ends_it),
        cmocka_unit_test(the_config_may_force_eos_at_the_limit),
        cmocka_unit_test(eos_ends_it_and_nothing_is_cut),
        cmocka_unit_test(pad_is_never_said),
        cmocka_unit_test(numbers_are_those_of_the_decoder),
        cmocka_unit_test(what_nobody_asked_for_is_not_there),
        cmocka_unit_test(a_batch_equals_its_sentences),
        cmocka_unit_test(weights_that_are_not_numbers_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
