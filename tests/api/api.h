/* api.h: what the tests of the public interface share: tiny models, and nothing but xattn.h */
#ifndef XATTN_TESTS_API_H
#define XATTN_TESTS_API_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tiny_firefox.h"
#include "tiny_model.h"
#include "xattn.h"

/* Opens a model and deletes its files: what is mapped stays. */
static inline xattn_model *open_and_remove(char *directory) {
    xattn_error error;
    xattn_model *model = xattn_open(directory, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    tiny_model_remove(directory);
    return model;
}

/* One that splits text into sentences; translations have several pieces and end by themselves. */
static inline xattn_model *open_splitting(void) {
    TinyFirefox options = tiny_firefox_default();
    options.eos_bias = 2.0F;
    return open_and_remove(tiny_firefox_write(&options));
}

static inline xattn_model *open_marian(void) {
    TinyModel options = tiny_model_default();
    options.tags = true;
    options.eos_bias = 1.0F;
    return open_and_remove(tiny_model_write(&options));
}

static inline xattn_translation *translate_one(const xattn_model *model, const char *text,
                                               xattn_options options) {
    xattn_translation *t;
    xattn_error error;
    if (!xattn_translate(model, &text, 1, &options, &t, &error)) fail_msg("%s", error.text);
    return t;
}

static inline void assert_same_target(const xattn_translation *a, const xattn_translation *b) {
    assert_string_equal(a->text, b->text);
    assert_int_equal(a->target.n, b->target.n);
    for (size_t i = 0; i < a->target.n; i++) {
        assert_int_equal(a->target.ids[i], b->target.ids[i]);
        assert_string_equal(a->target.pieces[i], b->target.pieces[i]);
    }
    bool both_impossible = isinf(a->score) && isinf(b->score);
    assert_true(both_impossible || fabs(a->score - b->score) < 1e-4);
}

#endif
