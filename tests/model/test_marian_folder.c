/* Directories of Marian's own models: an archive of OPUS-MT, and which files are taken when there are
   several. What all these models share is in test_firefox.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/marian_files.h"
#include "model/model.h"
#include "npz_save.h"
#include "tiny_firefox.h"
#include "tiny_model.h"
#include "xattn.h"

static const char npz[] = TINY_OPUS_WEIGHTS;

static void expect_contains(const char *text, const char *part) {
    if (!strstr(text, part)) fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

static Model *load(const char *path) {
    Model *model;
    Error err = {0};
    if (!model_load(path, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    return model;
}

static void refused_as(xattn_error_kind kind, const char *path, const char *message) {
    Model *model;
    Error err = {0};
    if (model_load(path, XATTN_AS_STORED, &model, &err)) fail_msg("loaded, expected %s", message);
    expect_contains(err.text, message);
    if (err.kind != kind) fail_msg("kind %d: %s", (int)err.kind, err.text);
}

static void refused(const char *path, const char *message) {
    refused_as(XATTN_MALFORMED, path, message);
}

static void unsupported(const char *path, const char *message) {
    refused_as(XATTN_UNSUPPORTED, path, message);
}

static void write_text(const char *directory, const char *name, const char *text) {
    tiny_file_write(directory, name, text, strlen(text));
}

static void join(char path[600], const char *directory, const char *name) {
    snprintf(path, 600, "%s/%s", directory, name);
}

static void move(const char *directory, const char *from, const char *to) {
    char old[600], new[600];
    join(old, directory, from);
    join(new, directory, to);
    assert_int_equal(rename(old, new), 0);
}

static void copy(const char *directory, const char *from, const char *to) {
    size_t n;
    char *bytes = tiny_file_read(directory, from, &n);
    tiny_file_write(directory, to, bytes, n);
    free(bytes);
}

/* Floats and self-attention, as OPUS-MT's models have. */
static TinyFirefox opus_options(void) {
    TinyFirefox options = tiny_firefox_default();
    options.floats = options.attention = true;
    return options;
}

/* ---- an archive of OPUS-MT ---- */

static void expect_same_translations(const char *a, const char *b) {
    static const char *const texts[] = {"a b c", "z", "the aa ab", "q w e r t y u i o p"};
    const xattn_options options = {XATTN_OPTIONS, .beam = 1, .scores = true, .attention = true,
                                   .no_split = true};
    const char *const paths[] = {a, b};
    xattn_translation *results[2][4];
    xattn_model *models[2];
    xattn_error error;
    for (size_t i = 0; i < 2; i++) {
        models[i] = xattn_open(paths[i], NULL, &error);
        if (!models[i] || !xattn_translate(models[i], texts, 4, &options, results[i], &error))
            fail_msg("%s", error.text);
    }
    for (size_t t = 0; t < 4; t++) {
        const xattn_translation *x = results[0][t], *y = results[1][t];
        size_t n_cells = x->n_layers * x->n_heads * x->target.n * x->source.n;
        assert_string_equal(x->text, y->text);
        assert_true(x->target.n == y->target.n && x->source.n == y->source.n && n_cells);
        assert_memory_equal(x->source.ids, y->source.ids, x->source.n * sizeof *x->source.ids);
        assert_memory_equal(x->target.ids, y->target.ids, x->target.n * sizeof *x->target.ids);
        assert_memory_equal(x->attention, y->attention, n_cells * sizeof *x->attention);
    }
    for (size_t i = 0; i < 8; i++) xattn_translation_free(results[i / 4][i % 4]);
    xattn_close(models[0]);
    xattn_close(models[1]);
}

/* The ids come from vocab.yml though the .spm files have others, and the weights from the .npz. */
static void an_opus_archive_is_the_same_model(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    char *firefox = tiny_firefox_write(&options), *opus = tiny_opus_write(&options), path[600];
    expect_same_translations(firefox, opus);
    Model *model = load(opus);
    assert_string_equal(model->format, "Marian");
    assert_true(model->config.has_alignment_head);
    join(path, opus, "decoder.yml");
    assert_string_equal(model->settings, path);
    model_free(model);
    join(path, opus, npz);
    expect_same_translations(opus, path);  // the file itself
    copy(firefox, "model.xxyy.bin", "floats.bin");
    npz_save(firefox, "floats.bin", "x.npz", true);
    move(firefox, "x.npz", "model.npz");
    char *bytes, *deflated = opus;
    size_t n;
    bytes = tiny_file_read(firefox, "model.npz", &n);
    tiny_file_write(deflated, npz, bytes, n);
    free(bytes);
    move(firefox, "model.npz", "ignored");
    expect_same_translations(firefox, deflated);
    tiny_model_remove(firefox);
    tiny_model_remove(opus);
}

static void a_vocabulary_a_side_is_read(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    options.separate = true;
    options.target_vocab = 64;
    char *directory = tiny_opus_write(&options), path[600];
    Model *model = load(directory);
    assert_true(model->tokenizer.source.vocab->n == 60 && model->tokenizer.target.vocab->n == 64);
    model_free(model);
    join(path, directory, "decoder.yml");
    assert_int_equal(remove(path), 0);
    model = load(directory);  // by their names
    assert_true(model->tokenizer.source.vocab->n == 60 && model->tokenizer.target.vocab->n == 64);
    assert_null(model->settings);
    model_free(model);
    tiny_model_remove(directory);
}

/* What a training leaves: .spm vocabularies with their own ids, settings for each file of weights. */
static void a_trainings_directory_is_read(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    char *firefox = tiny_firefox_write(&options), *training = tiny_firefox_write(&options),
         path[600];
    npz_save(training, "model.xxyy.bin", "model.npz", false);
    npz_save(training, "model.xxyy.bin", "model.npz.best-bleu.npz", false);
    copy(training, "model.npz", "model.npz.optimizer.npz");
    join(path, training, "model.xxyy.bin");
    assert_int_equal(remove(path), 0);
    move(training, "vocab.xxyy.spm", "shared.spm");
    write_text(training, "model.npz.yml", "quiet: false\ntrain-sets:\n  - a\n");
    write_text(training, "model.npz.best-bleu.npz.decoder.yml",
               "models:\n  - /train/model.npz.best-bleu.npz\n"
               "vocabs:\n  - /train/shared.spm\n  - /train/shared.spm\n");
    expect_same_translations(firefox, training);
    Model *model = load(training);
    join(path, training, "model.npz.best-bleu.npz");
    assert_string_equal(model->tensors.path, path);
    model_free(model);
    tiny_model_remove(firefox);
    tiny_model_remove(training);
}

static void trained_positions_are_read(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    options.positions = 9;
    char *directory = tiny_opus_write(&options);
    Model *model = load(directory);
    const Embedding *source = &model->encoder.embedding, *target = &model->decoder.embedding;
    assert_true(source->positions && source->positions == target->positions);
    assert_true(source->scale == 1.0F && target->scale == 1.0F);
    assert_int_equal(model_source_limit(model), 9);
    assert_int_equal(model_target_limit(model), 9);
    float rows[2 * 12];
    embedding_positions(source, 7, 2, rows);
    assert_memory_equal(rows, source->positions + 7 * 12, sizeof rows);
    model_free(model);
    tiny_model_remove(directory);
    options.positions = 1;
    directory = tiny_opus_write(&options);
    refused(directory, "Wpos has 1 positions, expected 2 to 65536");
    tiny_model_remove(directory);
}

static void other_architectures_are_refused_by_name(void **state) {
    (void)state;
    static const char *const changes[][3] = {
        {"type: transformer", "type: s2s", "\"type\": \"s2s\" is not supported"},
        {"type: transformer", "type: amun", "\"type\": \"amun\" is not supported"},
        {"autoreg: self-attention", "autoreg: average-attention", "\"average-attention\" is not"},
        {"postprocess: dan", "postprocess: da", "\"transformer-postprocess\": \"da\" is not"},
        {"transformer-preprocess: \"\"", "transformer-preprocess: n",
         "\"transformer-preprocess\": \"n\" is not supported, expected \"\""},
        {"tied-layers: []", "tied-layers: [1, 1]", "\"transformer-tied-layers\": not"},
        {"type: ", "lemma-dim-emb: 64\ntype: ", "\"lemma-dim-emb\": \"64\" is not supported"},
        {"type: ", "transformer-disable-position-embeddings: true\ntype: ",
         "\"transformer-disable-position-embeddings\": \"true\" is not"},
        {"type: ", "right-left: true\ntype: ", "\"right-left\": \"true\" is not supported"},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        TinyFirefox options = opus_options();
        options.from = changes[i][0];
        options.to = changes[i][1];
        char *directory = tiny_opus_write(&options);
        unsupported(directory, changes[i][2]);
        unsupported(directory, npz);
        tiny_model_remove(directory);
    }
}

static void pieces_of_another_kind_are_refused(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    char *directory = tiny_opus_write(&options), path[600];
    move(directory, "source.spm", "source.bpe");
    unsupported(directory,
                "no source.spm; the pieces of source.bpe (subword-nmt) are not supported");
    join(path, directory, "source.bpe");
    assert_int_equal(remove(path), 0);
    refused(directory, "no source.spm");
    tiny_model_remove(directory);
    directory = tiny_opus_write(&options);
    move(directory, "opus.vocab.yml", "opus.vocab.fsv");
    unsupported(directory, "opus.vocab.fsv: a factored vocabulary is not supported");
    tiny_model_remove(directory);
}

/* ---- which files are taken ---- */

static void one_of_several_weights_is_named(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    char *directory = tiny_opus_write(&options), path[600];
    copy(directory, npz, "model.npz");
    copy(directory, npz, "model.npz.optimizer.npz");
    Model *model = load(directory);
    join(path, directory, npz);
    assert_string_equal(model->tensors.path, path);
    model_free(model);
    write_text(directory, "model.npz.decoder.yml", "models: [/train/model.npz]\n");
    refused(directory, "model.npz: there is also opus.transformer-align");
    join(path, directory, "model.npz");
    model = load(path);
    assert_string_equal(model->tensors.path, path);
    assert_false(model->config.has_alignment_head);  // who knows?
    join(path, directory, "model.npz.decoder.yml");
    assert_string_equal(model->settings, path);
    model_free(model);
    tiny_model_remove(directory);
}

static void the_settings_that_name_the_model_are_taken(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    char *directory = tiny_firefox_write(&options), path[600];
    write_text(directory, "config.training.yml", "a:\n  b: c\n");  // not for us
    write_text(directory, "config.other.yml", "models: [other.bin]\nmax-length-factor: 9\n");
    write_text(directory, "config.yml", "models:\n  - model.xxyy.bin\nmax-length-factor: 1.5\n");
    Model *model = load(directory);
    join(path, directory, "config.yml");
    assert_string_equal(model->settings, path);
    assert_true(model->config.generation.length_factor == 1.5);
    model_free(model);
    write_text(directory, "config.z.yml", "models: [model.xxyy.bin]\n");
    refused(directory, "config.yml: there is also config.z.yml, and both name model.xxyy.bin");
    write_text(directory, "decoder.yml", "models: [model.xxyy.bin]\nnormalize: 0.25\n");
    model = load(directory);  // is what one decodes with
    assert_true(model->config.generation.length_penalty == 0.25F);
    model_free(model);
    tiny_model_remove(directory);
    directory = tiny_firefox_write(&options);
    write_text(directory, "config.a.yml", "normalize: 1\n");
    write_text(directory, "config.b.yml", "normalize: 1\n");
    refused(directory,
            "config.a.yml: there is also config.b.yml, and neither names model.xxyy.bin");
    tiny_model_remove(directory);
}

static void decoding_settings_are_honoured_or_refused(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    char *directory = tiny_opus_write(&options);
    Model *model = load(directory);
    const Generation *g = &model->config.generation;
    assert_true(g->beam == 6 && g->length_penalty == 1.0F);
    assert_true(g->banned.n == 1 && g->banned.ids[0] == 1);
    model_free(model);
    tiny_file_replace(directory, "decoder.yml", "word-penalty: 0", "allow-unk: true");
    model = load(directory);
    assert_int_equal(model->config.generation.banned.n, 0);
    model_free(model);
    tiny_file_replace(directory, "decoder.yml", "allow-unk: true", "word-penalty: 0.5");
    unsupported(directory, "\"word-penalty\" is 0.5, which is not supported");
    tiny_file_replace(directory, "decoder.yml", "word-penalty: 0.5", "output-sampling: [topk, 5]");
    unsupported(directory, "\"output-sampling\" is topk, which is not supported");
    tiny_file_replace(directory, "decoder.yml", "output-sampling: [topk, 5]",
                      "output-sampling: true");
    unsupported(directory, "\"output-sampling\" is true, which is not supported");
    tiny_file_replace(directory, "decoder.yml", "output-sampling: true", "output-sampling: []");
    model_free(load(directory));
    tiny_file_replace(directory, "decoder.yml", "output-sampling: []", "word-penalty: 0");
    tiny_file_replace(directory, "decoder.yml", "beam-size: 6", "beam-size: 6.5");
    refused(directory, "\"beam-size\" is 6.5, expected an integer from 1 to 64");
    tiny_model_remove(directory);
}

/* Also if the other models are not there. One that is asked for by its name is taken. */
static void ensembles_are_refused(void **state) {
    (void)state;
    TinyFirefox options = opus_options();
    char *directory = tiny_opus_write(&options), path[600];
    tiny_file_replace(directory, "decoder.yml", "models:\n", "models:\n  - other.npz\n");
    unsupported(directory, "decoder.yml: an ensemble of 2 models is not supported; -m takes one");
    join(path, directory, npz);
    model_free(load(path));
    tiny_model_remove(directory);
}

static void a_language_a_vocabulary_is_read(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    options.separate = true;
    options.target_vocab = 64;
    char *directory = tiny_firefox_write(&options);
    move(directory, "model.xxyy.bin", "model.jaen.intgemm.alphas.bin");
    move(directory, "srcvocab.xxyy.spm", "vocab.ja.spm");
    move(directory, "trgvocab.xxyy.spm", "vocab.en.spm");
    Model *model = load(directory);
    assert_true(model->tokenizer.source.vocab->n == 60 && model->tokenizer.target.vocab->n == 64);
    model_free(model);
    move(directory, "model.jaen.intgemm.alphas.bin", "model.bin");
    refused(directory, "vocab.en.spm: there is also vocab.ja.spm, expected one vocab*.spm");
    write_text(directory, "config.yml",
               "models: [model.bin]\nvocabs:\n  - vocab.ja.spm\n  - vocab.en.spm\n");
    model_free(load(directory));
    tiny_model_remove(directory);
}

static void compressed_files_are_named(void **state) {
    (void)state;
    TinyFirefox options = tiny_firefox_default();
    static const struct {
        const char *name, *compressed, *command;
    } files[] = {{"model.xxyy.bin", "model.xxyy.bin.gz", "is still compressed; run: gunzip /"},
                 {"vocab.xxyy.spm", "vocab.xxyy.spm.gz", "/*.gz"},
                 {"model.xxyy.bin", "model.xxyy.bin.zst", "run: unzstd --rm /"}};
    for (size_t i = 0; i < 3; i++) {
        char *directory = tiny_firefox_write(&options);
        move(directory, files[i].name, files[i].compressed);
        unsupported(directory, files[i].compressed);
        unsupported(directory, files[i].command);
        tiny_model_remove(directory);
    }
}

/* Firefox's current shapes at full size; the weights mean nothing. */
static void the_current_shapes_translate(void **state) {
    (void)state;
    static const int32_t shapes[][5] = {{512, 8, 2048, 6, 2}, {384, 8, 1536, 6, 4}};
    for (size_t i = 0; i < 2; i++) {
        TinyFirefox options = tiny_firefox_default();
        options.d = shapes[i][0];
        options.heads = shapes[i][1];
        options.ffn = shapes[i][2];
        options.encoder_layers = shapes[i][3];
        options.decoder_layers = shapes[i][4];
        options.source_vocab = options.target_vocab = 32000;
        options.shortlist = true;
        char *directory = tiny_firefox_write(&options);
        xattn_error error;
        xattn_model *model = xattn_open(directory, NULL, &error);
        if (!model) fail_msg("%s", error.text);
        const xattn_info *info = xattn_describe(model);
        assert_true((int32_t)info->d_model == options.d &&
                    (int32_t)info->decoder_layers == options.decoder_layers);
        const char *const texts[] = {"a b c"};
        const xattn_options wanted = {XATTN_OPTIONS, .max_length = 5, .attention = true};
        xattn_translation *result;
        if (!xattn_translate(model, texts, 1, &wanted, &result, &error)) fail_msg("%s", error.text);
        assert_true(result->source.n == 4 && result->target.n >= 1);
        assert_true((int32_t)result->n_layers == options.decoder_layers);
        xattn_translation_free(result);
        xattn_close(model);
        tiny_model_remove(directory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opus_archive_is_the_same_model),
        cmocka_unit_test(a_vocabulary_a_side_is_read),
        cmocka_unit_test(a_trainings_directory_is_read),
        cmocka_unit_test(trained_positions_are_read),
        cmocka_unit_test(other_architectures_are_refused_by_name),
        cmocka_unit_test(pieces_of_another_kind_are_refused),
        cmocka_unit_test(one_of_several_weights_is_named),
        cmocka_unit_test(the_settings_that_name_the_model_are_taken),
        cmocka_unit_test(decoding_settings_are_honoured_or_refused),
        cmocka_unit_test(ensembles_are_refused),
        cmocka_unit_test(a_language_a_vocabulary_is_read),
        cmocka_unit_test(compressed_files_are_named),
        cmocka_unit_test(the_current_shapes_translate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
