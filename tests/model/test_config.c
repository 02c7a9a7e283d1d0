/* config.json and generation_config.json: what is read, and which of the two wins. What is
   refused: tests/hostile/test_configs.c. */
#include "model/config.h"

#include "../base/scratch.h"
#include "base/buffer.h"

static const char good_config[] =
    "{\n"
    "\"model_type\": \"marian\",\n"
    "\"vocab_size\": 120,\n"
    "\"d_model\": 24,\n"
    "\"encoder_layers\": 3,\n"
    "\"decoder_layers\": 2,\n"
    "\"encoder_attention_heads\": 4,\n"
    "\"decoder_attention_heads\": 6,\n"
    "\"encoder_ffn_dim\": 40,\n"
    "\"decoder_ffn_dim\": 56,\n"
    "\"activation_function\": \"swish\",\n"
    "\"max_position_embeddings\": 64,\n"
    "\"scale_embedding\": true,\n"
    "\"eos_token_id\": 0,\n"
    "\"pad_token_id\": 119,\n"
    "\"decoder_start_token_id\": 119\n"
    "}\n";

static const char good_generation[] =
    "{\"max_length\": 32, \"bad_words_ids\": [[119], [5]], \"forced_eos_token_id\": 0,\n"
    "\"alignment_heads\": [[1, 5], [0, 0]], \"num_beams\": 4}";

/* Writes `text` to the file with its one `from` made `to`. */
static void write_edited(const char *name, const char *text, const char *from, const char *to) {
    Buffer edited = {0};
    const char *at = strstr(text, from);
    if (!at) fail_msg("%s holds no %s", name, from);
    buffer_append(&edited, text, (size_t)(at - text));
    buffer_string(&edited, to);
    buffer_string(&edited, at + strlen(from));
    scratch_write(name, edited.data, edited.size);
    buffer_free(&edited);
}

static void write_good(void) {
    scratch_write_text("config.json", good_config);
    scratch_write_text("generation_config.json", good_generation);
}

static void refused(const char *file, const char *message) {
    Arena arena = {0};
    Config config;
    Error err = {0};
    assert_false(config_load(scratch_folder, &config, &arena, &err));
    arena_free(&arena);
    Buffer name = {0};
    buffer_format(&name, "%s/%s: ", scratch_folder, file);
    assert_contains(err.text, name.data);
    assert_contains(err.text, message);
    buffer_free(&name);
}

/* The config that is now there; its lists are good until the next call. */
static Config accepted(void) {
    static Arena arena;
    arena_free(&arena);
    Config config;
    Error err = {0};
    if (!config_load(scratch_folder, &config, &arena, &err)) fail_msg("%s", err.text);
    return config;
}

static Config accepted_with(const char *from, const char *to) {
    write_good();
    write_edited("config.json", good_config, from, to);
    return accepted();
}

static void every_number_is_read(void **state) {
    (void)state;
    write_good();
    Config c = accepted();
    assert_true(c.d_model == 24 && c.encoder_layers == 3 && c.decoder_layers == 2);
    assert_true(c.encoder_heads == 4 && c.decoder_heads == 6);
    assert_true(c.encoder_ffn == 40 && c.decoder_ffn == 56);
    assert_true(c.source_vocab == 120 && c.target_vocab == 120 && c.max_positions == 64);
    assert_true(c.activation == ACTIVATION_SWISH && c.scale_embedding);
    assert_true(!c.separate_vocabs && c.tied_output);
    assert_true(c.eos == 0 && c.pad == 119 && c.start == 119 && c.generation.forced_eos == 0);
    assert_true(c.generation.max_length == 32);
    assert_true(c.generation.banned.n == 2 && c.generation.banned.ids[0] == 119 &&
                c.generation.banned.ids[1] == 5);
    assert_true(c.has_alignment_head && c.alignment_head.layer == 1 && c.alignment_head.head == 5);
    scratch_write_text("generation_config.json", "{}");
    accepted();
}

static void generation_config_is_optional(void **state) {
    (void)state;
    write_good();
    assert_int_equal(remove(scratch_path("generation_config.json")), 0);
    Config c = accepted();
    assert_true(c.generation.max_length == 65 && c.generation.forced_eos == -1 &&
                c.generation.banned.n == 0);
    assert_false(c.has_alignment_head);
}

static void generation_config_wins(void **state) {
    (void)state;
    Config c = accepted_with("\"eos_token_id\": 0", "\"eos_token_id\": 0, \"max_length\": 50");
    assert_int_equal(c.generation.max_length, 32);
    write_edited("generation_config.json", good_generation, "32", "null");  // as if it were absent
    c = accepted();
    assert_int_equal(c.generation.max_length, 50);
    scratch_write_text("generation_config.json", "{\"pad_token_id\": 118}");
    c = accepted();
    assert_true(c.pad == 118 && c.start == 119);
}

static void variants_that_are_supported(void **state) {
    (void)state;
    assert_int_equal(accepted_with("swish", "relu").activation, ACTIVATION_RELU);
    assert_int_equal(accepted_with("swish", "silu").activation, ACTIVATION_SWISH);
    assert_false(accepted_with("\"scale_embedding\": true,", "").scale_embedding);
    assert_int_equal(accepted_with("24", "2.4e1").d_model, 24);
    accepted_with("\"marian\",", "\"marian\", \"normalize_before\": false, \"dropout\": 0.1,");
    accepted_with("\"marian\",", "\"marian\", \"static_position_embeddings\": true,");
    assert_false(accepted().lowercase_capitals);
    assert_true(accepted_with("\"marian\",", "\"marian\", \"lowercase_capitals\": true,")
                    .lowercase_capitals);
    assert_int_equal(accepted().split_length, 0);
    assert_int_equal(accepted_with("\"marian\",", "\"marian\", \"split_length\": 48,").split_length,
                     48);
    Config c = accepted_with("\"marian\",", "\"marian\", \"tie_word_embeddings\": false,");
    assert_false(c.tied_output);
    c = accepted_with("\"marian\",",
                      "\"marian\", \"share_encoder_decoder_embeddings\": false, "
                      "\"decoder_vocab_size\": 200,");
    assert_true(c.separate_vocabs && c.source_vocab == 120 && c.target_vocab == 200);
    c = accepted_with("\"marian\",", "\"marian\", \"share_encoder_decoder_embeddings\": false,");
    assert_true(c.separate_vocabs && c.target_vocab == 120);
    // The target's size counts only for a target of its own.
    c = accepted_with("\"marian\",", "\"marian\", \"decoder_vocab_size\": 200,");
    assert_true(!c.separate_vocabs && c.target_vocab == 120);
}

/* How to generate is in the one file or the other, as in transformers; what asks for nothing is no
   reason to refuse a model. */
static void generation_settings(void **state) {
    (void)state;
    write_good();
    scratch_write_text("generation_config.json", "{\"max_length\": 30}");
    write_edited("config.json", good_config, "\"eos_token_id\": 0",
                 "\"eos_token_id\": [0], \"num_beams\": 5, \"bad_words_ids\": [[7]]");
    Generation g = accepted().generation;
    assert_true(g.beam == 1 && g.banned.n == 0 && g.max_length == 30);
    assert_int_equal(remove(scratch_path("generation_config.json")), 0);
    Config c = accepted();
    assert_true(c.eos == 0 && c.generation.beam == 5 && c.generation.banned.n == 1);

    scratch_write_text(
        "generation_config.json",
        "{\"max_length\": 30, \"max_new_tokens\": 9, \"min_length\": 4, \"min_new_tokens\": 6, "
        "\"forced_bos_token_id\": [8], \"num_beams\": 4, \"length_penalty\": 0.6, "
        "\"early_stopping\": \"never\", \"no_repeat_ngram_size\": 3, \"repetition_penalty\": 1.5, "
        "\"renormalize_logits\": true, \"bad_words_ids\": [[119], [0], [3, 0], [4, 5, 6]], "
        "\"suppress_tokens\": [9, 10], \"begin_suppress_tokens\": [0]}");
    g = accepted().generation;
    assert_true(g.max_length == 10 && g.min_length == 7 && g.forced_bos == 8 && g.forced_eos == -1);
    assert_true(g.beam == 4 && g.length_penalty == 0.6F && g.early_stopping == STOP_IF_CERTAIN);
    assert_true(g.no_repeat_ngram == 3 && g.repetition_penalty == 1.5F && g.renormalize);
    assert_true(g.banned.n == 1 && g.banned.ids[0] == 119);  // not </s> alone
    assert_true(g.n_sequences == 2 && g.banned_sequences[0].n == 2 && g.banned_sequences[1].n == 3);
    assert_true(g.banned_sequences[1].ids[0] == 4 && g.banned_sequences[1].ids[2] == 6);
    assert_true(g.suppressed.n == 2 && g.suppressed.ids[1] == 10 && g.banned_first.n == 1);
    Buffer text = {0};
    generation_describe(&g, &text);
    assert_string_equal(
        text.data,
        "max_length 10, min_length 7, num_beams 4, length_penalty 0.6, early_stopping "
        "never, forced_bos 8, no_repeat_ngram_size 3, repetition_penalty 1.5, "
        "renormalize_logits, bad_words 119 and 2 sequences, suppress_tokens 9 10, "
        "begin_suppress_tokens 0");
    buffer_free(&text);
}

static void settings_that_ask_for_nothing(void **state) {
    (void)state;
    write_good();
    scratch_write_text(
        "generation_config.json",
        "{\"do_sample\": false, \"temperature\": 0.7, \"top_k\": 50, \"top_p\": 0.9, "
        "\"num_beam_groups\": 1, \"diversity_penalty\": 0.0, \"num_return_sequences\": 1, "
        "\"encoder_repetition_penalty\": 1.0, \"encoder_no_repeat_ngram_size\": 0, "
        "\"guidance_scale\": 1, \"penalty_alpha\": 0, \"stop_strings\": [], \"max_time\": null, "
        "\"sequence_bias\": null, \"token_healing\": false, \"forced_bos_token_id\": null, "
        "\"renormalize_logits\": null, \"early_stopping\": null, \"suppress_tokens\": null, "
        "\"num_beams\": null, \"repetition_penalty\": 1, \"use_cache\": true, "
        "\"forced_decoder_ids\": [], \"is_assistant\": false}");
    Generation g = accepted().generation, plain = generation_default();
    assert_null(g.unknown);
    assert_true(g.beam == 1 && g.forced_bos == -1 && !g.renormalize);
    assert_true(g.repetition_penalty == plain.repetition_penalty && !g.suppressed.n);
}

static void settings_that_are_followed_are_known(void **state) {
    (void)state;
    write_good();
    scratch_write_text(
        "generation_config.json",
        "{\"alignment_heads\": [[0, 1]], \"bad_words_ids\": [[5]], \"begin_suppress_tokens\": [3], "
        "\"decoder_start_token_id\": 119, \"early_stopping\": true, \"eos_token_id\": 0, "
        "\"forced_bos_token_id\": 7, \"forced_eos_token_id\": 0, \"length_penalty\": 0.5, "
        "\"max_length\": 30, \"max_new_tokens\": 20, \"min_length\": 2, \"min_new_tokens\": 1, "
        "\"no_repeat_ngram_size\": 3, \"num_beams\": 2, \"pad_token_id\": 119, "
        "\"renormalize_logits\": true, \"repetition_penalty\": 1.5, \"suppress_tokens\": [4]}");
    assert_null(accepted().generation.unknown);
}

/* What a newer transformers, or anyone, may write besides; of config.json's many keys, none. */
static void unknown_settings_are_listed(void **state) {
    (void)state;
    write_good();
    scratch_write_text("generation_config.json",
                       "{\"top_k\": 5, \"new_penalty\": 0.5, \"newer_penalty\": null, "
                       "\"num_beams\": 2, \"a\\u001b[2J\\u009bb\": {}}");
    Arena arena = {0};
    Config c;
    Error err = {0};
    assert_true(config_load(scratch_folder, &c, &arena, &err));
    assert_string_equal(c.generation.unknown, "new_penalty, a?[2J?b");
    assert_int_equal(c.generation.beam, 2);
    arena_free(&arena);
    assert_int_equal(remove(scratch_path("generation_config.json")), 0);
    assert_null(
        accepted_with("\"marian\",", "\"marian\", \"new_penalty\": 0.5,").generation.unknown);
}

/* Flags left alone are null in files that transformers writes. */
static void flags_that_are_null(void **state) {
    (void)state;
    assert_false(
        accepted_with("\"scale_embedding\": true", "\"scale_embedding\": null").scale_embedding);
    Config c =
        accepted_with("\"marian\",",
                      "\"marian\", \"tie_word_embeddings\": null, \"normalize_before\": null, "
                      "\"share_encoder_decoder_embeddings\": null, "
                      "\"decoder_vocab_size\": null, \"static_position_embeddings\": null,");
    assert_true(c.tied_output && !c.separate_vocabs && c.target_vocab == 120);
}

/* Both files may hold the same things; the message names the one that does. */
static void the_right_file_is_named(void **state) {
    (void)state;
    write_good();
    scratch_write_text("generation_config.json", "{}");
    write_edited("config.json", good_config, "\"eos_token_id\": 0",
                 "\"eos_token_id\": 0, \"max_length\": 0");
    refused("config.json", "\"max_length\" is 0");
}

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    write_good();
    scratch_write_text("config.json", "");
    refused("config.json", "not JSON: syntax error at byte 0");
    scratch_write_text("config.json", "\xFF");
    refused("config.json", "is not UTF-8");
    assert_int_equal(remove(scratch_path("config.json")), 0);
    refused("config.json", "No such file");
    assert_int_equal(mkdir(scratch_path("config.json"), 0700), 0);
    refused("config.json", "a directory, expected a file");
    assert_int_equal(rmdir(scratch_path("config.json")), 0);
    assert_int_equal(mkfifo(scratch_path("config.json"), 0600), 0);
    alarm(20);
    refused("config.json", "not a regular file");
    alarm(0);
    assert_int_equal(remove(scratch_path("config.json")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_is_read),
        cmocka_unit_test(generation_config_is_optional),
        cmocka_unit_test(generation_config_wins),
        cmocka_unit_test(variants_that_are_supported),
        cmocka_unit_test(generation_settings),
        cmocka_unit_test(settings_that_ask_for_nothing),
        cmocka_unit_test(settings_that_are_followed_are_known),
        cmocka_unit_test(unknown_settings_are_listed),
        cmocka_unit_test(flags_that_are_null),
        cmocka_unit_test(the_right_file_is_named),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
