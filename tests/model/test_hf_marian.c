/* A MarianMT directory as a whole: tensors against the config, files that are not there, weights
   that are no numbers. */
#include "../base/scratch.h"
#include "model/model.h"
#include "tiny_model.h"
#include "xattn.h"

static void refused(const char *directory, const char *message) {
    Model *model;
    Error err = {0};
    assert_false(model_load(directory, XATTN_AS_STORED, &model, &err));
    assert_null(model);
    assert_contains(err.text, directory);
    assert_contains(err.text, message);
}

static Model *accepted(const char *directory) {
    Model *model;
    Error err = {0};
    if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
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
        // Only an output layer is packed.
        assert_null(model->decoder.output.weight.in_file);
        assert_int_equal(model->decoder.embedding.tokens.in_file == NULL, c->tied_output);
        assert_int_equal(model->encoder.embedding.tokens.in_file == NULL,
                         c->tied_output && !options.separate_vocabs);
        model_free(model);
        tiny_model_remove(directory);
    }
    model_free(NULL);
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
        snprintf(message, sizeof message, "tensor %s is [12, 61], the config makes it [61, 12]",
                 names[i]);
        tiny_file_replace(directory, "model.safetensors", from, to);
        refused(directory, message);
        tiny_model_remove(directory);
    }
}

static const char shared[] = "model.shared.weight";

/* The model's one table is in the file under that name alone. */
static void renamed(const char *name) {
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    tiny_file_replace(directory, "model.safetensors", shared, name);
    Model *model = accepted(directory);
    const void *table = model->encoder.embedding.tokens.data;
    assert_ptr_equal(model->decoder.embedding.tokens.data, table);
    assert_ptr_equal(model->decoder.output.weight.data, table);
    model_free(model);
    tiny_model_remove(directory);
}

static void a_tied_table_is_found_under_any_of_its_names(void **state) {
    (void)state;
    renamed("lm_head.weight");
    renamed("model.decoder.embed_tokens.weight");
    renamed("model.encoder.embed_tokens.weight");
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    tiny_file_replace(directory, "model.safetensors", shared, "model.share.weight");
    refused(directory, "no tensor model.shared.weight, expected [61, 12]");
    tiny_model_remove(directory);
}

/* As safetensors.torch.save_model writes it: one name with the data, the others in the metadata. */
static void other_names_in_the_metadata_are_found(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.separate_vocabs = true;
    options.target_vocab = 64;
    char *directory = tiny_model_write(&options);
    static const char decoder[] = "\"model.decoder.embed_tokens.weight\": {";
    tiny_file_replace(directory, "model.safetensors", decoder,
                      "\"__metadata__\": {\"format\": \"pt\", \"final\": \"elsewhere\","
                      " \"model.decoder.embed_tokens.weight\": \"table\"}, \"table\": {");
    refused(directory, "unexpected tensor table");
    tiny_file_replace(directory, "model.safetensors", "\"table\": {", "\"lm_head.weight\": {");
    tiny_file_replace(directory, "model.safetensors", "\"table\"}", "\"lm_head.weight\"}");
    model_free(accepted(directory));
    tiny_model_remove(directory);
}

/* Tables that differ are not tied, whatever the config declares; transformers does the same. */
static void tables_that_differ_are_not_tied(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    options.untied_output = true;
    char *directory = tiny_model_write(&options);
    tiny_file_replace(directory, "config.json", "\"tie_word_embeddings\": false",
                      "\"tie_word_embeddings\": true");
    Model *model = accepted(directory);
    assert_false(model->config.tied_output);
    assert_ptr_not_equal(model->decoder.output.weight.data, model->decoder.embedding.tokens.data);
    model_free(model);
    tiny_model_remove(directory);
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_variant_is_read),
        cmocka_unit_test(copies_must_have_the_shape),
        cmocka_unit_test(a_tied_table_is_found_under_any_of_its_names),
        cmocka_unit_test(other_names_in_the_metadata_are_found),
        cmocka_unit_test(tables_that_differ_are_not_tied),
        cmocka_unit_test(missing_files_are_named),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
