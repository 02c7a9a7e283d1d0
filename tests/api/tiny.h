/* tiny.h: a tiny model for a group of tests of the public interface, and comparisons of translations */
#ifndef XATTN_TESTS_TINY_H
#define XATTN_TESTS_TINY_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tiny_model.h"
#include "xattn.h"

enum { LAYERS = 2, HEADS = 3, PIECES = 61 };

static char *directory;
static xattn_model *model;
static xattn_error problem;

static const char *const texts[] = {"a cat", "",  "the mat is black", "   ",
                                    "no",    "a", "be my guest"};
enum { N_TEXTS = sizeof texts / sizeof texts[0] };
static inline bool is_blank(size_t i) { return i == 1 || i == 3; }

static inline int load(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.tags = true;
    options.lowercase_capitals = true;
    options.eos_bias = 1.0F;
    directory = tiny_model_write(&options);
    model = xattn_open(directory, NULL, &problem);
    return model ? 0 : -1;
}

static inline int unload(void **state) {
    (void)state;
    xattn_close(model);
    tiny_model_remove(directory);
    return 0;
}

static inline void translate(const char *const *all, size_t n, const xattn_options *options,
                             xattn_translation **translations) {
    if (!xattn_translate(model, all, n, options, translations, &problem))
        fail_msg("%s", problem.text);
}

static inline xattn_translation *one(const char *text, xattn_options options) {
    xattn_translation *t;
    translate(&text, 1, &options, &t);
    return t;
}

static inline void free_all(xattn_translation **translations, size_t n) {
    for (size_t i = 0; i < n; i++) xattn_translation_free(translations[i]);
}

static inline bool same_floats(const float *a, const float *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(a[i] - b[i]) <= 1e-5F)) return false;
    return true;
}

static inline size_t map_cells(const xattn_translation *t) {
    return t->n_layers * t->n_heads * t->target.n * t->source.n;
}

static inline void assert_same_tokens(const xattn_tokens *a, const xattn_tokens *b) {
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->ids[i], b->ids[i]);
        assert_string_equal(a->pieces[i], b->pieces[i]);
    }
}

static inline void assert_same(const xattn_translation *a, const xattn_translation *b) {
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

/* The translation of a blank text: it has no tokens, but is safe to use. */
static inline void assert_blank(const xattn_translation *t, const char *text) {
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
static inline void assert_maps(const xattn_translation *t) {
    assert_int_equal(t->n_layers, LAYERS);
    assert_int_equal(t->n_heads, HEADS);
    assert_non_null(t->attention);
    for (size_t row = 0; row < LAYERS * HEADS * t->target.n; row++) {
        double sum = 0.0;
        for (size_t j = 0; j < t->source.n; j++) sum += (double)t->attention[row * t->source.n + j];
        assert_true(fabs(sum - 1.0) < 1e-5);
    }
}

#endif
