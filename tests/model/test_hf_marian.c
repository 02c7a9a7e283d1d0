/* A MarianMT directory as a whole: tensors against the config, files that are not there, weights
   that are no numbers. */
#include "../base/scratch.h"
#include "model/model.h"
#include "tiny_model.h"
#include "xattn.h"

static void refused(const char *directory, const char *message) {
    Model *model;
    Error err = {0};
    assert_false(model_load(directory, PRECISION_STORED, &model, &err));
    assert_null(model);
    assert_contains(err.text, directory);
    assert_contains(err.text, message);
}

static Model *accepted(const char *directory) {
    Model *model;
    Error err = {0};
    if (!model_load(directory, PRECISION_STORED, &model, &err)) fail_msg("%s", err.text);
    return model;
}

static void every_variant_is_read(void **state) {
    (void)state;
    for (int i = 0; i < 24; i++) {
        TinyModel options = tiny_model_default();
        options.separate_vocabs = i & 1;
        options.target_vocab = 64;
        options.copies = !(i & 1) && i & 2;
        options.untied_output = i & 4;
        if (options.untied_output) options.copies = false;
        options.positions = i & 8 ? POSITIONS_RANDOM : POSITIONS_LEFT_OUT;
        options.dtype = (DType)(i % 3);
        char *directory = tiny_model_write(&options);
        Model *model = accepted(directory);
        const Config *c = &model->config;
        assert_int_equal(c->target_vocab, i & 1 ? 64 : 61);
        assert_int_equal(c->tied_output, !options.untied_output);
        assert_int_equal(model->encoder.embedding.positions != NULL, (i & 8) != 0);
        assert_int_equal(
            model->encoder.embedding.tokens.data == model->decoder.embedding.tokens.data,
            !options.separate_vocabs);
        assert_int_equal(model->decoder.output.weight.data == model->decoder.embedding.tokens.data,
                         !options.untied_output);
        model_free(model);
        tiny_model_remove(directory);
    }
    model_free(NULL);
}

static void tensors_must_fit_the_config(void **state) {
    (void)state;
    static const struct {
        const char *file, *from, *to, *message;
    } cases[] = {
        {"model.safetensors", "model.encoder.layers.0.fc1.weight", "model.encoder.layers.0.fc9",
         "no tensor model.encoder.layers.0.fc1.weight, expected [20, 12]"},
        {"model.safetensors", "model.decoder.layers.1.encoder_attn.q_proj.bias", "x",
         "no tensor model.decoder.layers.1.encoder_attn.q_proj.bias, expected [12]"},
        {"model.safetensors", "final_logits_bias", "logits_bias",
         "no tensor final_logits_bias, expected [1, 61]"},
        {"model.safetensors", "[20, 12]", "[12, 20]", "is [12, 20], the config makes it [20, 12]"},
        {"model.safetensors", "[20, 12]", "[240]", "is [240], the config makes it [20, 12]"},
        {"model.safetensors", "[20, 12]", "[20, 12, 1]",
         "is [20, 12, 1], the config makes it [20, 12]"},
        {"model.safetensors", "[12]", "[1, 12]", "is [1, 12], the config makes it [12]"},
        {"config.json", "\"vocab_size\": 61", "\"vocab_size\": 62",
         "is [61, 12], the config makes it [62, 12]"},
        {"config.json", "\"decoder_layers\": 2", "\"decoder_layers\": 1",
         "unexpected tensor model.decoder.layers.1."},
        {"config.json", "\"decoder_layers\": 2", "\"decoder_layers\": 3",
         "no tensor model.decoder.layers.2.self_attn.q_proj.weight"},
        {"config.json", "\"encoder_layers\": 2", "\"encoder_layers\": 1",
         "unexpected tensor model.encoder.layers.1."},
        {"config.json", "\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false",
         "no tensor lm_head.weight, expected [61, 12]"},
        {"config.json", "\"share_encoder_decoder_embeddings\": true",
         "\"share_encoder_decoder_embeddings\": false",
         "no tensor model.encoder.embed_tokens.weight"},
        {"vocab.json", "\"<pad>\"", "\"pad\"", NULL},  // its name is never looked up
        {"vocab.json", ", \"<pad>\": 60", "", "60 pieces, the model has embeddings for 61"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        TinyModel options = tiny_model_default();
        char *directory = tiny_model_write(&options);
        tiny_file_replace(directory, cases[i].file, cases[i].from, cases[i].to);
        if (cases[i].message)
            refused(directory, cases[i].message);
        else
            model_free(accepted(directory));
        tiny_model_remove(directory);
    }
}

static void copies_must_have_the_shape(void **state) {
    (void)state;
    static const char *const names[] = {"lm_head.weight", "model.encoder.embed_tokens.weight",
                                        "model.decoder.embed_tokens.weight"};
    for (size_t i = 0; i < 3; i++) {
        TinyModel options = tiny_model_default();
        options.copies = true;
        char from[160], to[160], message[160];
        char *directory = tiny_model_write(&options);
        snprintf(from, sizeof from, "\"%s\": {\"dtype\": \"F32\", \"shape\": [61, 12]", names[i]);
        snprintf(to, sizeof to, "\"%s\": {\"dtype\": \"F32\", \"shape\": [12, 61]", names[i]);
        snprintf(message, sizeof message, "tensor %s is [12, 61], expected a copy of [61, 12]",
                 names[i]);
        tiny_file_replace(directory, "model.safetensors", from, to);
        refused(directory, message);
        tiny_model_remove(directory);
    }
}

static void remove_file(const char *directory, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(remove(path), 0);
}

static void missing_files_are_named(void **state) {
    (void)state;
    static const char *const names[] = {"config.json", "model.safetensors", "vocab.json",
                                        "source.spm", "target.spm"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        TinyModel options = tiny_model_default();
        char *directory = tiny_model_write(&options);
        remove_file(directory, names[i]);
        refused(directory, names[i]);
        tiny_model_remove(directory);
    }
}

/* PyTorch's own format, and weights in several files: says what to do. */
static void other_ways_of_storing_weights_are_named(void **state) {
    (void)state;
    static const char *const names[] = {"pytorch_model.bin", "model.safetensors.index.json"};
    for (size_t i = 0; i < 2; i++) {
        TinyModel options = tiny_model_default();
        char *directory = tiny_model_write(&options);
        remove_file(directory, "model.safetensors");
        tiny_file_write(directory, names[i], "x", 1);
        refused(directory, names[i]);
        refused(directory, "save_pretrained");
        tiny_model_remove(directory);
    }
}

static void what_is_no_directory_is_refused(void **state) {
    (void)state;
    char missing[64], file[64];
    snprintf(missing, sizeof missing, "%s", scratch_path("missing"));
    snprintf(file, sizeof file, "%s", scratch_write_text("model.npz", "x"));
    refused(missing, "No such file");
    refused(file, "the version: 8 bytes at byte 0, but only 1 are left");
    refused(scratch_folder, "config.json: No such file");
}

/* Fills the data of every tensor with these four bytes, translates, and expects an error. */
static void no_numbers(DType dtype, uint32_t bits) {
    TinyModel options = tiny_model_default();
    options.dtype = dtype;
    char *directory = tiny_model_write(&options);
    size_t size;
    char *bytes = tiny_file_read(directory, "model.safetensors", &size);
    uint64_t n_header;
    memcpy(&n_header, bytes, sizeof n_header);
    for (size_t at = 8 + (size_t)n_header; at + 4 <= size; at += 4) memcpy(bytes + at, &bits, 4);
    tiny_file_write(directory, "model.safetensors", bytes, size);
    free(bytes);

    xattn_error error = {0};
    xattn_model *model = xattn_open(directory, &error);
    if (!model) fail_msg("%s", error.text);
    xattn_translation translation;
    const char *texts[] = {"a b c"};
    alarm(60);
    assert_false(
        xattn_translate(model, texts, 1, &(xattn_options){.scores = true}, &translation, &error));
    alarm(0);
    assert_contains(error.text, "its weights are damaged");
    xattn_close(model);
    tiny_model_remove(directory);
}

static void weights_that_are_no_numbers_end_with_an_error(void **state) {
    (void)state;
    no_numbers(DTYPE_F32, 0x7FC00000);   // NaN
    no_numbers(DTYPE_F32, 0x7F800000);   // infinity
    no_numbers(DTYPE_F32, 0xFF800000);   // -infinity
    no_numbers(DTYPE_F16, 0x7E007E00);   // NaN
    no_numbers(DTYPE_F16, 0x7C007C00);   // infinity
    no_numbers(DTYPE_BF16, 0x7FC07FC0);  // NaN
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_is_read),
        cmocka_unit_test(tensors_must_fit_the_config),
        cmocka_unit_test(copies_must_have_the_shape),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(other_ways_of_storing_weights_are_named),
        cmocka_unit_test(what_is_no_directory_is_refused),
        cmocka_unit_test(weights_that_are_no_numbers_end_with_an_error),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
