/* config.json and generation_config.json: what is read, which of the two wins, what is refused. */
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
    assert_true(c.eos == 0 && c.pad == 119 && c.start == 119 && c.forced_eos == 0);
    assert_true(c.max_length == 32);
    assert_true(c.n_banned == 2 && c.banned[0] == 119 && c.banned[1] == 5);
    assert_true(c.has_alignment_head && c.alignment_head.layer == 1 && c.alignment_head.head == 5);
    scratch_write_text("generation_config.json", "{}");
    accepted();
}

static void generation_config_is_optional(void **state) {
    (void)state;
    write_good();
    assert_int_equal(remove(scratch_path("generation_config.json")), 0);
    Config c = accepted();
    assert_true(c.max_length == 65 && c.forced_eos == -1 && c.n_banned == 0);
    assert_false(c.has_alignment_head);
}

static void generation_config_wins(void **state) {
    (void)state;
    Config c = accepted_with("\"eos_token_id\": 0", "\"eos_token_id\": 0, \"max_length\": 50");
    assert_int_equal(c.max_length, 32);
    write_edited("generation_config.json", good_generation, "32", "null");  // as if it were absent
    c = accepted();
    assert_int_equal(c.max_length, 50);
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

static void wrong_configs_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } cases[] = {
        // another architecture
        {"\"marian\"", "\"t5\"", "\"model_type\" is t5, expected marian"},
        {"\"model_type\": \"marian\",", "", "\"model_type\" is missing, expected marian"},
        {"\"marian\"", "7", "\"model_type\" is missing"},
        {"\"marian\"", "\"marian\", \"normalize_before\": true",
         "\"normalize_before\": true is not supported"},
        {"\"marian\"", "\"marian\", \"normalize_embedding\": true",
         "\"normalize_embedding\": true"},
        {"\"marian\"", "\"marian\", \"add_final_layer_norm\": true",
         "\"add_final_layer_norm\": true"},
        {"\"marian\"", "\"marian\", \"static_position_embeddings\": false",
         "\"static_position_embeddings\": false is not supported"},
        {"\"marian\"", "\"marian\", \"normalize_before\": 1",
         "\"normalize_before\" must be true or false"},
        {"swish", "gelu", "activation_function \"gelu\" is not supported, expected swish"},
        {"\"swish\"", "7", "no \"activation_function\""},
        {"\"activation_function\": \"swish\",", "", "no \"activation_function\""},
        {"\"scale_embedding\": true", "\"scale_embedding\": \"yes\"",
         "\"scale_embedding\" must be true or false"},
        // numbers
        {"\"d_model\": 24", "\"d_model\": 0", "\"d_model\" is 0, expected an integer from 1"},
        {"\"d_model\": 24", "\"d_model\": -24", "\"d_model\" is -24"},
        {"\"d_model\": 24", "\"d_model\": -0", "\"d_model\" is -0"},
        {"\"d_model\": 24", "\"d_model\": 24.5", "\"d_model\" is 24.5"},
        {"\"d_model\": 24", "\"d_model\": 1e300", "\"d_model\" is 1.0000000000000001e+300"},
        {"\"d_model\": 24", "\"d_model\": \"24\"", "\"d_model\" is not a number"},
        {"\"d_model\": 24", "\"d_model\": null", "\"d_model\" is not a number"},
        {"\"d_model\": 24", "\"d_model\": true", "\"d_model\" is not a number"},
        {"\"d_model\": 24", "\"d_model\": [24]", "\"d_model\" is not a number"},
        {"\"d_model\": 24", "\"D_MODEL\": 24", "\"d_model\" is missing"},
        {"\"d_model\": 24", "\"d_model\": 25", "\"d_model\" is 25, expected an even number"},
        {"\"d_model\": 24", "\"d_model\": 24, \"d_model\": 32", "\"d_model\" occurs twice"},
        {"\"encoder_layers\": 3", "\"encoder_layers\": -1", "\"encoder_layers\" is -1"},
        {"\"encoder_layers\": 3", "\"encoder_layers\": 1000000000",
         "\"encoder_layers\" is 1000000000, expected an integer from 1 to 256"},
        {"\"decoder_layers\": 2", "\"decoder_layers\": 0", "\"decoder_layers\" is 0"},
        {"\"encoder_attention_heads\": 4", "\"encoder_attention_heads\": 0",
         "\"encoder_attention_heads\" is 0"},
        {"\"encoder_attention_heads\": 4", "\"encoder_attention_heads\": 5",
         "5 heads do not divide \"d_model\" 24"},
        {"\"decoder_attention_heads\": 6", "\"decoder_attention_heads\": 48",
         "48 heads do not divide \"d_model\" 24"},
        {"\"encoder_ffn_dim\": 40", "\"encoder_ffn_dim\": 65537", "\"encoder_ffn_dim\" is 65537"},
        {"\"decoder_ffn_dim\": 56", "\"x\": 56", "\"decoder_ffn_dim\" is missing"},
        {"\"vocab_size\": 120", "\"vocab_size\": 0", "\"vocab_size\" is 0"},
        {"\"vocab_size\": 120", "\"vocab_size\": 1e10", "\"vocab_size\" is 10000000000"},
        {"_embeddings\": 64", "_embeddings\": 1", "is 1, expected at least 2"},
        {"_embeddings\": 64", "_embeddings\": 0", "\"max_position_embeddings\" is 0"},
        {"\"marian\"",
         "\"marian\", \"share_encoder_decoder_embeddings\": false, \"decoder_vocab_size\": -1",
         "\"decoder_vocab_size\" is -1"},
        {"\"marian\"", "\"marian\", \"share_encoder_decoder_embeddings\": 0",
         "\"share_encoder_decoder_embeddings\" must be true or false"},
        {"\"marian\"", "\"marian\", \"tie_word_embeddings\": \"no\"",
         "\"tie_word_embeddings\" must be true or false"},
        // ids
        {"\"eos_token_id\": 0", "\"eos_token_id\": 120",
         "\"eos_token_id\" is 120, expected an integer from 0 to 119"},
        {"\"eos_token_id\": 0", "\"eos_token_id\": -1", "\"eos_token_id\" is -1"},
        {"\"eos_token_id\": 0", "\"eos_token_id\": [0]", "\"eos_token_id\" is not a number"},
        {"\"eos_token_id\": 0", "\"eos_token_id\": null", "\"eos_token_id\" is missing"},
        {"\"pad_token_id\": 119", "\"pad_token_id\": 120", "\"pad_token_id\" is 120"},
        {"\"pad_token_id\": 119,", "", "\"pad_token_id\" is missing"},
        {"\"decoder_start_token_id\": 119", "\"decoder_start_token_id\": 1000",
         "\"decoder_start_token_id\" is 1000"},
        {"\"decoder_start_token_id\": 119", "\"x\": 0", "\"decoder_start_token_id\" is missing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_good();
        write_edited("config.json", good_config, cases[i].from, cases[i].to);
        refused("config.json", cases[i].message);
    }
}

static void wrong_generation_configs_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "not JSON"},
        {"[]", "expected a JSON object"},
        {"{\"max_length\": 20, \"max_length\": 30}", "\"max_length\" occurs twice"},
        {"{\"max_length\": 1}", "\"max_length\" is 1, expected an integer from 2"},
        {"{\"max_length\": 1e300}", "\"max_length\" is 1.0000000000000001e+300"},
        {"{\"max_length\": \"64\"}", "\"max_length\" is not a number"},
        {"{\"eos_token_id\": 500}", "\"eos_token_id\" is 500"},
        {"{\"forced_eos_token_id\": 3}", "\"forced_eos_token_id\" 3 is not \"eos_token_id\" 0"},
        {"{\"forced_eos_token_id\": 120}", "\"forced_eos_token_id\" is 120"},
        {"{\"bad_words_ids\": 5}", "\"bad_words_ids\" must be a list"},
        {"{\"bad_words_ids\": [5]}", "\"bad_words_ids\" must hold lists of one id each"},
        {"{\"bad_words_ids\": [[]]}", "lists of one id each"},
        {"{\"bad_words_ids\": [[5, 6]]}", "lists of one id each"},
        {"{\"bad_words_ids\": [[120]]}", "\"bad_words_ids\" is 120"},
        {"{\"bad_words_ids\": [[5], [-1]]}", "\"bad_words_ids\" is -1"},
        {"{\"bad_words_ids\": [[\"x\"]]}", "\"bad_words_ids\" is not a number"},
        {"{\"alignment_heads\": 1}", "\"alignment_heads\" must be a list of [layer, head]"},
        {"{\"alignment_heads\": [1, 0]}", "must be a list of [layer, head]"},
        {"{\"alignment_heads\": [[1]]}", "must be a list of [layer, head]"},
        {"{\"alignment_heads\": {\"a\": [0, 0]}}", "must be a list of [layer, head]"},
        {"{\"alignment_heads\": [[2, 0]]}", "\"alignment_heads\" is 2"},
        {"{\"alignment_heads\": [[0, 6]]}", "\"alignment_heads\" is 6"},
        {"{\"alignment_heads\": [[0, -1]]}", "\"alignment_heads\" is -1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_good();
        scratch_write_text("generation_config.json", cases[i].text);
        refused("generation_config.json", cases[i].message);
    }
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
        cmocka_unit_test(wrong_configs_are_refused),
        cmocka_unit_test(wrong_generation_configs_are_refused),
        cmocka_unit_test(the_right_file_is_named),
        cmocka_unit_test(what_is_no_file_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
