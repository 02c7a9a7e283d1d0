/* fixture.h: a tiny model and what the tests of searches do with it

       Fixture f = open_model(&options);
       Hypothesis h[4];
       find(&f, &source, 1, options, h);
       …
       free_all(h, 4);
       close_model(&f);

   What fails here fails the running test. */
#ifndef XATTN_TESTS_DECODE_FIXTURE_H
#define XATTN_TESTS_DECODE_FIXTURE_H

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

static inline Fixture open_model(const TinyModel *options) {
    Fixture f = {.directory = tiny_model_write(options)};
    Error err = {0};
    if (!model_load(f.directory, XATTN_AS_STORED, &f.model, &err)) fail_msg("%s", err.text);
    return f;
}

/* A model whose hypotheses end at different lengths. */
static inline Fixture open_model_with(float eos_bias, bool forced_eos) {
    TinyModel options = tiny_model_default();
    options.eos_bias = eos_bias;
    options.forced_eos = forced_eos;
    return open_model(&options);
}

static inline void close_model(Fixture *f) {
    model_free(f->model);
    arena_free(&f->arena);
    tiny_model_remove(f->directory);
}

/* Sentence number i of those that there are to translate, 1 to 23 tokens with </s>. */
static inline Tokens sentence(Fixture *f, size_t i) {
    Error err = {0};
    Tokens tokens = {.n = 1 + (i * 7 + 5) % 23};
    tokens.ids = arena_array(&f->arena, tokens.n, sizeof *tokens.ids, "a sentence", &err);
    assert_non_null(tokens.ids);
    for (size_t k = 0; k + 1 < tokens.n; k++)
        tokens.ids[k] = (int)(2 + (i * 17 + k * k * 11 + k * 3) % 58);
    return tokens;
}

/* Everything that can be kept, of all N hypotheses. */
static inline SearchOptions beam_of(size_t N, float length_penalty, size_t max_tokens) {
    return (SearchOptions){.max_length = max_tokens,
                           .scores = true,
                           .attention = true,
                           .runners_up = 3,
                           .beam = N,
                           .nbest = N,
                           .length_penalty = length_penalty};
}

static inline void find(const Fixture *f, const Tokens *sources, size_t n, SearchOptions options,
                        Hypothesis *found) {
    Error err = {0};
    if (!search_translate(f->model, sources, NULL, n, &options, found, &err))
        fail_msg("%s", err.text);
}

/* What the model makes of given tokens. */
static inline Hypothesis read_ids(const Fixture *f, const Tokens *source, int *ids, size_t n,
                                  size_t runners_up) {
    Error err = {0};
    Hypothesis h;
    Tokens target = {.n = n, .ids = ids};
    SearchOptions options = {
        .scores = true, .attention = true, .runners_up = runners_up, .beam = 1, .nbest = 1};
    if (!search_translate(f->model, source, &target, 1, &options, &h, &err))
        fail_msg("%s", err.text);
    return h;
}

static inline void free_all(Hypothesis *all, size_t n) {
    for (size_t i = 0; i < n; i++) hypothesis_free(&all[i]);
}

static inline bool same_ids(const Hypothesis *a, const Hypothesis *b) {
    return a->n == b->n && (!a->n || memcmp(a->ids, b->ids, a->n * sizeof *a->ids) == 0);
}

/* Whether a neighbour of this runner-up is as probable, so that they may change places. */
static inline bool is_tie(const Hypothesis *h, size_t i, float tolerance) {
    size_t place = i % h->n_runners_up;
    float here = h->runners_up[i].logprob;
    bool before = place > 0 && h->runners_up[i - 1].logprob - here < tolerance;
    return before || place + 1 == h->n_runners_up ||
           here - h->runners_up[i + 1].logprob < tolerance;
}

/* The same ids, scores, rows and runners-up, the numbers within a tolerance. */
static inline void assert_same(const Hypothesis *a, const Hypothesis *b, float tolerance) {
    assert_true(same_ids(a, b));
    assert_int_equal(a->cut, b->cut);
    assert_int_equal(a->attention_size, b->attention_size);
    assert_int_equal(a->n_runners_up, b->n_runners_up);
    assert_floats_near(a->logprobs, b->logprobs, a->n, tolerance, "log p");
    assert_floats_near(a->attention, b->attention, a->n * a->attention_size, tolerance, "rows");
    for (size_t i = 0; i < a->n * a->n_runners_up; i++) {
        if (!is_tie(a, i, tolerance)) assert_int_equal(a->runners_up[i].id, b->runners_up[i].id);
        assert_floats_near(&a->runners_up[i].logprob, &b->runners_up[i].logprob, 1, tolerance,
                           "a runner-up");
    }
}

#endif
