/* Models of Firefox Translations: read, decoded, refused; and the real one, where it is: the folder
   that scripts/get_firefox_model.sh enpt made, $XATTN_FIREFOX_MODEL or else models/enpt. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "model/model.h"
#include "tiny_firefox.h"
#include "tiny_model.h"
#include "xattn.h"

enum { N_TEXTS = 6 };
static const char *const texts[N_TEXTS] = {"a b c", "z",    "the aa ab", "q w e r t y u i o p",
                                           "b a",   "a b c"};
static const xattn_options everything = {XATTN_OPTIONS, .scores = true, .attention = true,
                                         .no_split = true};

static void expect_contains(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static xattn_model *open_model_as(const TinyFirefox *options, xattn_weights weights) {
    char *directory = tiny_firefox_write(options);
    xattn_error error;
    xattn_model *model = xattn_open(
        directory, &(xattn_open_options){XATTN_OPEN_OPTIONS, .weights = weights}, &error);
    if (!model) fail_msg("%s", error.text);
    tiny_model_remove(directory);
    return model;
}

static xattn_model *open_model(const TinyFirefox *options) {
    return open_model_as(options, XATTN_AS_STORED);
}

static void translate(const xattn_model *model, size_t n, const char *const *sources,
                      const xattn_options *options, xattn_translation **results) {
    xattn_error error;
    if (!xattn_translate(model, sources, n, options, results, &error)) fail_msg("%s", error.text);
}

/* Equal in every number, or within `near`. */
static void expect_equal(const xattn_translation *a, const xattn_translation *b, float near) {
    size_t n_cells = a->n_layers * a->n_heads * a->target.n * a->source.n;
    assert_string_equal(a->text, b->text);
    assert_int_equal(a->source.n, b->source.n);
    assert_int_equal(a->target.n, b->target.n);
    assert_memory_equal(a->target.ids, b->target.ids, a->target.n * sizeof *a->target.ids);
    for (size_t t = 0; t < a->target.n; t++)
        assert_true(fabsf(a->logprobs[t] - b->logprobs[t]) <= near);
    for (size_t i = 0; i < n_cells; i++)
        assert_true(fabsf(a->attention[i] - b->attention[i]) <= near);
}

static void free_all(xattn_translation **results, size_t n) {
    for (size_t i = 0; i < n; i++) xattn_translation_free(results[i]);
}

/* ---- reading ---- */

static void what_a_model_declares(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    xattn_model *model = open_model(&options);
    const xattn_info *info = xattn_describe(model);
    assert_true(info->d_model == 12 && info->encoder_layers == 2 && info->decoder_layers == 2);
    assert_true(info->decoder_heads == 3 && info->source_vocabulary == 60);
    assert_true(info->has_alignment_head && info->alignment_layer == 1 &&
                info->alignment_head == 0);
    size_t d = 12, f = 20, attention = 4 * (d * d + d) + 2 * d;
    size_t ffn = 2 * d * f + f + d + 2 * d, ssru = 2 * d * d + d + 2 * d;
    assert_int_equal(info->parameters,
                     60 * d + 60 + 2 * (attention + ffn) + 2 * (ssru + attention + ffn));
    xattn_close(model);
}

static void int8_and_floats_are_the_same_numbers(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        TinyFirefox options = tiny_firefox_default();
        options.attention = i & 1;
        options.untied = i & 2;
        options.eos_bias = -1.0F;
        xattn_model *bytes = open_model_as(&options, XATTN_F32);
        options.floats = true;
        xattn_model *floats = open_model(&options);
        xattn_translation *a[N_TEXTS], *b[N_TEXTS];
        translate(bytes, N_TEXTS, texts, &everything, a);
        translate(floats, N_TEXTS, texts, &everything, b);
        for (size_t t = 0; t < N_TEXTS; t++) expect_equal(a[t], b[t], 2e-5F);
        free_all(a, N_TEXTS);
        free_all(b, N_TEXTS);
        xattn_close(bytes);
        xattn_close(floats);
    }
}

static void vocabularies_may_be_separate(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    options.separate = true;
    options.target_vocab = 56;
    xattn_model *model = open_model(&options);
    const xattn_info *info = xattn_describe(model);
    assert_true(info->source_vocabulary == 60 && info->target_vocabulary == 56);
    xattn_translation *result;
    translate(model, 1, texts, &everything, &result);
    assert_string_equal(result->source.pieces[0],
                        "\xE2\x96\x81"
                        "a");
    assert_int_equal(result->source.ids[0], 2);
    for (size_t t = 0; t + 1 < result->target.n; t++) assert_in_range(result->target.ids[t], 2, 55);
    xattn_translation_free(result);
    xattn_close(model);
}

static void the_bin_itself_is_a_model(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    char *directory = tiny_firefox_write(&options), path[600];
    snprintf(path, sizeof path, "%s/model.xxyy.bin", directory);
    xattn_error error;
    xattn_model *model = xattn_open(path, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    xattn_close(model);
    tiny_model_remove(directory);
}

/* ---- decoding ---- */

static void a_batch_is_its_sentences(void **state) {
    (void)state;
    for (int shortlist = 0; shortlist < 2; shortlist++) {
        TinyFirefox options = tiny_firefox_default();
        options.eos_bias = -1.0F;
        options.shortlist = shortlist;
        xattn_model *model = open_model(&options);
        xattn_translation *batch[N_TEXTS], *alone;
        translate(model, N_TEXTS, texts, &everything, batch);
        for (size_t i = 0; i < N_TEXTS; i++) {
            translate(model, 1, &texts[i], &everything, &alone);
            expect_equal(batch[i], alone, 1e-5F);
            assert_true(alone->target.n > 1);
            xattn_translation_free(alone);
        }
        free_all(batch, N_TEXTS);
        xattn_close(model);
    }
}

enum { D = 12, V = 60, N_SOURCE = 4 };
static const int source_ids[N_SOURCE] = {5, 30, 7, 0};

/* The logits that follow these tokens, from a decoder that has said nothing else. */
static void follow(const Model *model, const float *memory, const int *ids, size_t n,
                   float logits[V]) {
    static const size_t offsets[] = {0, N_SOURCE};
    Error err = {0};
    DecoderState *one = decoder_start(&model->decoder, memory, offsets, 1, 1, NULL, &err);
    assert_non_null(one);
    for (size_t i = 0; i < n; i++)
        assert_true(decoder_step(one, &ids[i], logits, NULL, NULL, &err));
    decoder_free(one);
}

static void expect_follows(const Model *model, const float *memory, const int *ids, size_t n,
                           const float *logits) {
    float expected[V];
    follow(model, memory, ids, n, expected);
    for (size_t id = 0; id < V; id++) assert_true(fabsf(logits[id] - expected[id]) < 1e-5F);
}

/* Rows that fork, swap and end keep what they have said, whether in cells or in keys and values. */
static void the_past_follows_its_row(void **state) {
    (void)state;
    for (int attention = 0; attention < 2; attention++) {
        TinyFirefox options = tiny_firefox_default();
        options.attention = attention;
        char *directory = tiny_firefox_write(&options);
        Error err = {0};
        Arena work = {0};
        Model *model;
        if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
        static const size_t offsets[] = {0, N_SOURCE};
        assert_true(model->encoder.layers[1].ffn_norm.epsilon == 1e-6F);
        float *memory = encoder_forward(&model->encoder, source_ids, offsets, 1, NULL, &work, &err);
        DecoderState *rows = decoder_start(&model->decoder, memory, offsets, 1, 3, NULL, &err);
        assert_true(memory && rows);
        float logits[3 * V];
        assert_true(decoder_step(rows, (int[]){-1}, logits, NULL, NULL, &err));
        expect_follows(model, memory, (int[]){-1}, 1, logits);
        assert_true(decoder_reorder(rows, (size_t[]){0, 0, 0}, 3, &err));
        assert_true(decoder_step(rows, (int[]){5, 6, 7}, logits, NULL, NULL, &err));
        assert_true(decoder_reorder(rows, (size_t[]){2, 0, 0}, 3, &err));
        assert_true(decoder_step(rows, (int[]){8, 9, 10}, logits, NULL, NULL, &err));
        expect_follows(model, memory, (int[]){-1, 7, 8}, 3, logits);
        expect_follows(model, memory, (int[]){-1, 5, 9}, 3, logits + V);
        expect_follows(model, memory, (int[]){-1, 5, 10}, 3, logits + 2 * (size_t)V);
        assert_true(decoder_reorder(rows, (size_t[]){1}, 1, &err));
        int said[40] = {-1, 5, 9};
        for (size_t n = 3; n < 40; n++) {  // beyond the first room for the past
            said[n] = 2 + (int)(n * 7 % 50);
            assert_true(decoder_step(rows, &said[n], logits, NULL, NULL, &err));
        }
        expect_follows(model, memory, said, 40, logits);
        decoder_free(rows);
        arena_free(&work);
        model_free(model);
        tiny_model_remove(directory);
    }
}

/* A beam's scores belong to its own tokens, and are the same in a batch and alone. */
static void a_beam_is_the_same_in_a_batch(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    options.eos_bias = -1.0F;
    options.shortlist = true;
    xattn_model *model = open_model(&options);
    xattn_options beam = everything;
    beam.beam = 4;
    xattn_translation *batch[N_TEXTS], *alone;
    translate(model, N_TEXTS, texts, &beam, batch);
    for (size_t i = 0; i < N_TEXTS; i++) {
        translate(model, 1, &texts[i], &beam, &alone);
        expect_equal(batch[i], alone, 1e-5F);
        xattn_translation_free(alone);
    }
    free_all(batch, N_TEXTS);
    xattn_close(model);
}

static void a_shortlist_limits_what_is_said(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    options.shortlist = true;
    options.eos_bias = -1.0F;
    xattn_model *model = open_model(&options);
    xattn_options whole = everything;
    whole.no_shortlist = true;
    xattn_translation *with[N_TEXTS], *without[N_TEXTS];
    translate(model, N_TEXTS, texts, &everything, with);
    translate(model, N_TEXTS, texts, &whole, without);
    size_t n_outside = 0;
    for (size_t i = 0; i < N_TEXTS; i++)
        for (size_t t = 0; t < with[i]->target.n + without[i]->target.n; t++) {
            bool limited = t < with[i]->target.n;
            int id =
                limited ? with[i]->target.ids[t] : without[i]->target.ids[t - with[i]->target.n];
            bool offered = id == 0;
            for (size_t j = 0; j < with[i]->source.n; j++) {
                int w = with[i]->source.ids[j];
                offered = offered || id == w || id == (w + 1) % 60 || id == (w + 3) % 60;
            }
            assert_true(offered || !limited);
            n_outside += !offered;
        }
    assert_true(n_outside > 0);
    free_all(with, N_TEXTS);
    free_all(without, N_TEXTS);
    xattn_close(model);
}

static void unk_is_never_said_and_length_is_limited(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    options.eos_bias = -100.0F;
    options.unk_bias = 100.0F;
    xattn_model *model = open_model(&options);
    xattn_translation *results[N_TEXTS];
    translate(model, N_TEXTS, texts, &everything, results);
    for (size_t i = 0; i < N_TEXTS; i++) {
        assert_int_equal(results[i]->target.n, 3 * results[i]->source.n);
        assert_true(results[i]->target_cut);
        for (size_t t = 0; t < results[i]->target.n; t++)
            assert_true(results[i]->target.ids[t] > 1);
    }
    free_all(results, N_TEXTS);
    xattn_close(model);
}

/* ---- several sentences ---- */

static void sentences_are_translated_one_by_one(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    options.eos_bias = -1.0F;
    xattn_model *model = open_model(&options);
    static const char *const lines[] = {"A b! C d e?  X y.", " ", "A b!"};
    static const char *const parts[] = {"A b!", "C d e?", "X y."};
    xattn_options split = everything;
    split.no_split = false;
    split.no_copy = true;
    split.runners_up = 2;
    split.beam = split.nbest = 2;
    xattn_translation *whole[3], *part[3];
    translate(model, 3, lines, &split, whole);
    translate(model, 3, parts, &split, part);
    const xattn_translation *w = whole[0];
    char text[512];
    snprintf(text, sizeof text, "%s %s  %s", part[0]->text, part[1]->text, part[2]->text);
    assert_string_equal(w->text, text);
    assert_true(fabs(w->score - part[0]->score - part[1]->score - part[2]->score) < 1e-6);
    assert_true(w->n_alternatives == 1 && whole[1]->target.n == 0);
    expect_equal(whole[2], part[0], 0.0F);

    size_t row = 0, first = 0, n = w->source.n, n_maps = w->n_layers * w->n_heads;
    for (size_t p = 0; p < 3; first += part[p++]->source.n)
        for (size_t t = 0; t < part[p]->target.n; t++, row++) {
            assert_int_equal(w->target.ids[row], part[p]->target.ids[t]);
            assert_string_equal(w->target.pieces[row], part[p]->target.pieces[t]);
            assert_true(w->logprobs[row] == part[p]->logprobs[t]);
            assert_int_equal(w->runners_up[2 * row + 1].id, part[p]->runners_up[2 * t + 1].id);
            for (size_t map = 0; map < n_maps; map++)
                for (size_t j = 0; j < n; j++) {
                    float cell = w->attention[(map * w->target.n + row) * n + j];
                    bool inside = j >= first && j < first + part[p]->source.n;
                    float expected = 0.0F;
                    if (inside)
                        expected =
                            part[p]->attention[(map * part[p]->target.n + t) * part[p]->source.n +
                                               (j - first)];
                    assert_true(cell == expected);
                }
        }
    assert_int_equal(row, w->target.n);
    assert_int_equal(first, n);
    free_all(whole, 3);
    free_all(part, 3);
    xattn_close(model);
}

static void expect_refused(char *directory, const char *message) {
    xattn_error error;
    if (xattn_open(directory, NULL, &error)) fail_msg("accepted, expected %s", message);
    expect_contains(error.text, directory);
    expect_contains(error.text, message);
    tiny_model_remove(directory);
}

static void decoding_settings_are_read(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    options.eos_bias = -100.0F;
    char *directory = tiny_firefox_write(&options);
    static const char text[] = "models:\n  - a.bin\nmax-length-factor: 1.5\nnormalize: 0.5\n";
    tiny_file_write(directory, "config.intgemm8bitalpha.yml", text, strlen(text));
    xattn_error error;
    xattn_model *model = xattn_open(directory, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    xattn_translation *result;
    translate(model, 1, texts, NULL, &result);
    assert_int_equal(result->source.n, 4);
    assert_int_equal(result->target.n, 6);
    assert_true(xattn_describe(model)->length_penalty == 0.5F);
    xattn_translation_free(result);
    xattn_close(model);
    static const char wrong[] = "max-length-factor: many\n";
    tiny_file_write(directory, "config.intgemm8bitalpha.yml", wrong, strlen(wrong));
    expect_refused(directory, "\"max-length-factor\" is many, expected a number from 0 to 1000");
}

/* ---- the real one ---- */

static void the_real_model_translates(void **state) {
    (void)state;
    const char *path = getenv("XATTN_FIREFOX_MODEL");
    if (!path) path = "models/enpt";
    if (access(path, F_OK) != 0) skip();
    xattn_error error;
    xattn_model *model = xattn_open(path, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    static const char *const english[] = {"The cat sat on the mat. Good morning, how are you?"};
    xattn_options options = {XATTN_OPTIONS, .attention = true};
    xattn_translation *result;
    translate(model, 1, english, &options, &result);
    assert_string_equal(result->text,
                        "O gato sentou-se no tapete. Bom dia, como voc\xC3\xAA est\xC3\xA1?");
    // "gato" looked at "cat", in the model's alignment head.
    const xattn_info *info = xattn_describe(model);
    size_t map = info->alignment_layer * result->n_heads + info->alignment_head;
    const float *row = result->attention + (map * result->target.n + 1) * result->source.n;
    assert_string_equal(result->target.pieces[1], "\xE2\x96\x81gato");
    assert_string_equal(result->source.pieces[1],
                        "\xE2\x96\x81"
                        "cat");
    assert_true(row[1] > 0.9F);
    xattn_translation_free(result);
    xattn_close(model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_model_declares),
        cmocka_unit_test(int8_and_floats_are_the_same_numbers),
        cmocka_unit_test(vocabularies_may_be_separate),
        cmocka_unit_test(the_bin_itself_is_a_model),
        cmocka_unit_test(a_batch_is_its_sentences),
        cmocka_unit_test(the_past_follows_its_row),
        cmocka_unit_test(a_beam_is_the_same_in_a_batch),
        cmocka_unit_test(a_shortlist_limits_what_is_said),
        cmocka_unit_test(unk_is_never_said_and_length_is_limited),
        cmocka_unit_test(sentences_are_translated_one_by_one),
        cmocka_unit_test(decoding_settings_are_read),
        cmocka_unit_test(the_real_model_translates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
