/* config.json, generation_config.json, vocab.json and target_vocab.json with one thing wrong, and the
   program's refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hostile.h"
#include "tiny_model.h"

/* ---- config.json of a model of d 12, 3 heads, 2 + 2 layers, 61 pieces ---- */

#define CONFIG "config.json"
#define AND(more) "\"marian\", " more

static const HostileEdit configs[] = {
    {"not JSON", CONFIG, NULL, "{\"model_type\": ", "not JSON: syntax error at byte"},
    {"an empty file", CONFIG, NULL, "", "not JSON: syntax error at byte 0 (line 1)"},
    {"not an object", CONFIG, NULL, "[1]", "expected a JSON object"},
    {"not UTF-8", CONFIG, NULL, "{\n\"a\": \"\xFF\"}", "byte 8 (line 2) is not UTF-8"},
    {"text behind it", CONFIG, NULL, "{} x", "text after the end of the JSON, at byte 2"},
    // another architecture
    {"another model_type", CONFIG, "\"marian\"", "\"t5\"",
     "\"model_type\" is t5 (T5, MADLAD), expected marian"},
    {"model_type missing", CONFIG, "model_type", "type",
     "\"model_type\" is missing, expected marian"},
    {"model_type a number", CONFIG, "\"marian\"", "7",
     "\"model_type\" is missing, expected marian"},
    {"normalize_before: true", CONFIG, "\"marian\"", AND("\"normalize_before\": true"),
     "\"normalize_before\": true is not supported"},
    {"normalize_before: 1", CONFIG, "\"marian\"", AND("\"normalize_before\": 1"),
     "\"normalize_before\" must be true or false"},
    {"normalize_embedding: true", CONFIG, "\"marian\"", AND("\"normalize_embedding\": true"),
     "\"normalize_embedding\": true is not supported"},
    {"add_final_layer_norm: true", CONFIG, "\"marian\"", AND("\"add_final_layer_norm\": true"),
     "\"add_final_layer_norm\": true is not supported"},
    {"static_position_embeddings: false", CONFIG, "\"marian\"",
     AND("\"static_position_embeddings\": false"),
     "\"static_position_embeddings\": false is not supported"},
    {"unsupported activation", CONFIG, "swish", "gelu",
     "activation_function \"gelu\" is not supported, expected swish, silu or relu"},
    {"activation missing", CONFIG, "activation_function", "x", "no \"activation_function\""},
    {"activation a number", CONFIG, "\"swish\"", "7", "no \"activation_function\""},
    {"scale_embedding a string", CONFIG, "\"scale_embedding\": true",
     "\"scale_embedding\": \"yes\"", "\"scale_embedding\" must be true or false"},
    {"lowercase_capitals a number", CONFIG, "\"marian\"", AND("\"lowercase_capitals\": 1"),
     "\"lowercase_capitals\" must be true or false"},
    {"split_length 0", CONFIG, "\"marian\"", AND("\"split_length\": 0"),
     "\"split_length\" is 0, expected"},
    {"share_encoder_decoder_embeddings 0", CONFIG, "_embeddings\": true", "_embeddings\": 0",
     "\"share_encoder_decoder_embeddings\" must be true or false"},
    {"tie_word_embeddings a string", CONFIG, "_word_embeddings\": true",
     "_word_embeddings\": \"no\"", "\"tie_word_embeddings\" must be true or false"},
    // numbers
    {"d_model 0", CONFIG, "\"d_model\": 12", "\"d_model\": 0",
     "\"d_model\" is 0, expected an integer from 1 to 65536"},
    {"d_model negative", CONFIG, "\"d_model\": 12", "\"d_model\": -12",
     "\"d_model\" is -12, expected"},
    {"d_model -0", CONFIG, "\"d_model\": 12", "\"d_model\": -0", "\"d_model\" is -0, expected"},
    {"d_model fractional", CONFIG, "\"d_model\": 12", "\"d_model\": 12.5",
     "\"d_model\" is 12.5, expected"},
    {"d_model 1e300", CONFIG, "\"d_model\": 12", "\"d_model\": 1e300",
     "\"d_model\" is 1.0000000000000001e+300, expected"},
    {"d_model a string", CONFIG, "\"d_model\": 12", "\"d_model\": \"12\"",
     "\"d_model\" is not a number, expected an integer"},
    {"d_model null", CONFIG, "\"d_model\": 12", "\"d_model\": null", "\"d_model\" is not a number"},
    {"d_model true", CONFIG, "\"d_model\": 12", "\"d_model\": true", "\"d_model\" is not a number"},
    {"d_model a list", CONFIG, "\"d_model\": 12", "\"d_model\": [12]",
     "\"d_model\" is not a number"},
    {"d_model in other case", CONFIG, "d_model", "D_MODEL", "\"d_model\" is missing, expected"},
    {"d_model odd", CONFIG, "\"d_model\": 12", "\"d_model\": 15",
     "\"d_model\" is 15, expected an even number"},
    {"d_model twice", CONFIG, "\"d_model\": 12", "\"d_model\": 12, \"d_model\": 12",
     "\"d_model\" occurs twice"},
    {"heads 0", CONFIG, "\"encoder_attention_heads\": 3", "\"encoder_attention_heads\": 0",
     "\"encoder_attention_heads\" is 0, expected an integer from 1"},
    {"encoder's heads not dividing d", CONFIG, "\"encoder_attention_heads\": 3",
     "\"encoder_attention_heads\": 5", "5 heads do not divide \"d_model\" 12"},
    {"decoder's heads not dividing d", CONFIG, "\"decoder_attention_heads\": 3",
     "\"decoder_attention_heads\": 24", "24 heads do not divide \"d_model\" 12"},
    {"negative layers", CONFIG, "\"encoder_layers\": 2", "\"encoder_layers\": -1",
     "\"encoder_layers\" is -1, expected an integer from 1 to 256"},
    {"no layers", CONFIG, "\"decoder_layers\": 2", "\"decoder_layers\": 0",
     "\"decoder_layers\" is 0, expected an integer from 1 to 256"},
    {"10^9 layers", CONFIG, "\"encoder_layers\": 2", "\"encoder_layers\": 1000000000",
     "\"encoder_layers\" is 1000000000, expected an integer from 1 to 256"},
    {"ffn over the limit", CONFIG, "\"encoder_ffn_dim\": 20", "\"encoder_ffn_dim\": 65537",
     "\"encoder_ffn_dim\" is 65537, expected an integer from 1 to 65536"},
    {"ffn missing", CONFIG, "decoder_ffn_dim", "x", "\"decoder_ffn_dim\" is missing, expected"},
    {"vocab_size 0", CONFIG, "\"vocab_size\": 61", "\"vocab_size\": 0",
     "\"vocab_size\" is 0, expected"},
    {"vocab_size 10^10", CONFIG, "\"vocab_size\": 61", "\"vocab_size\": 1e10",
     "\"vocab_size\" is 10000000000, expected an integer from 1 to 10000000"},
    {"positions 0", CONFIG, "_embeddings\": 60", "_embeddings\": 0",
     "\"max_position_embeddings\" is 0, expected"},
    {"positions 1", CONFIG, "_embeddings\": 60", "_embeddings\": 1",
     "\"max_position_embeddings\" is 1, expected at least 2"},
    {"decoder_vocab_size negative", CONFIG,
     "\"decoder_vocab_size\": 61,\n \"activation_function\": \"swish\", \"scale_embedding\": "
     "true,\n"
     " \"share_encoder_decoder_embeddings\": true",
     "\"decoder_vocab_size\": -1, \"activation_function\": \"swish\",\n"
     " \"share_encoder_decoder_embeddings\": false",
     "\"decoder_vocab_size\" is -1, expected an integer from 1"},
    // ids
    {"eos outside the vocabulary", CONFIG, "\"eos_token_id\": 0", "\"eos_token_id\": 61",
     "\"eos_token_id\" is 61, expected an integer from 0 to 60"},
    {"eos negative", CONFIG, "\"eos_token_id\": 0", "\"eos_token_id\": -1",
     "\"eos_token_id\" is -1, expected"},
    {"two eos", CONFIG, "\"eos_token_id\": 0", "\"eos_token_id\": [0, 1]",
     "\"eos_token_id\" is a list of 2, expected one id"},
    {"eos an empty list", CONFIG, "\"eos_token_id\": 0", "\"eos_token_id\": []",
     "\"eos_token_id\" is a list of 0, expected one id"},
    {"eos a list of a list", CONFIG, "\"eos_token_id\": 0", "\"eos_token_id\": [[0]]",
     "\"eos_token_id\" is not a number"},
    {"eos null", CONFIG, "\"eos_token_id\": 0", "\"eos_token_id\": null",
     "\"eos_token_id\" is missing"},
    {"pad outside the vocabulary", CONFIG, "\"pad_token_id\": 60", "\"pad_token_id\": 61",
     "\"pad_token_id\" is 61, expected an integer from 0 to 60"},
    {"pad missing", CONFIG, "pad_token_id", "x", "\"pad_token_id\" is missing, expected"},
    {"start outside the vocabulary", CONFIG, "\"decoder_start_token_id\": 60",
     "\"decoder_start_token_id\": 1000", "\"decoder_start_token_id\" is 1000, expected"},
    {"start missing", CONFIG, "decoder_start_token_id", "x",
     "\"decoder_start_token_id\" is missing, expected"},
};

/* ---- generation_config.json, all of it ---- */

#define GENERATION "generation_config.json"

static const HostileEdit generations[] = {
    {"generation: an empty file", GENERATION, NULL, "", "not JSON: syntax error at byte 0"},
    {"generation: not an object", GENERATION, NULL, "[]", "expected a JSON object"},
    {"generation: a key twice", GENERATION, NULL, "{\"max_length\": 20, \"max_length\": 30}",
     "\"max_length\" occurs twice"},
    {"max_length 1", GENERATION, NULL, "{\"max_length\": 1}",
     "\"max_length\" is 1, expected an integer from 2"},
    {"max_length 1e300", GENERATION, NULL, "{\"max_length\": 1e300}",
     "\"max_length\" is 1.0000000000000001e+300, expected"},
    {"max_length a string", GENERATION, NULL, "{\"max_length\": \"64\"}",
     "\"max_length\" is not a number"},
    {"generation: eos outside the vocabulary", GENERATION, NULL, "{\"eos_token_id\": 500}",
     "\"eos_token_id\" is 500, expected an integer from 0 to 60"},
    {"forced_eos another id", GENERATION, NULL, "{\"forced_eos_token_id\": 3}",
     "\"forced_eos_token_id\" 3 is not \"eos_token_id\" 0"},
    {"forced_eos outside the vocabulary", GENERATION, NULL, "{\"forced_eos_token_id\": 61}",
     "\"forced_eos_token_id\" is 61, expected"},
    {"bad_words_ids a number", GENERATION, NULL, "{\"bad_words_ids\": 5}",
     "\"bad_words_ids\" must be a list"},
    {"bad_words_ids a list of numbers", GENERATION, NULL, "{\"bad_words_ids\": [5]}",
     "\"bad_words_ids\" must be a list"},
    {"bad_words_ids with an empty list", GENERATION, NULL, "{\"bad_words_ids\": [[]]}",
     "\"bad_words_ids\" must hold lists of ids, not empty ones"},
    {"bad_words_ids with a sequence outside the vocabulary", GENERATION, NULL,
     "{\"bad_words_ids\": [[5, 61]]}", "\"bad_words_ids\" is 61, expected"},
    {"bad_words_ids outside the vocabulary", GENERATION, NULL, "{\"bad_words_ids\": [[61]]}",
     "\"bad_words_ids\" is 61, expected an integer from 0 to 60"},
    {"bad_words_ids negative", GENERATION, NULL, "{\"bad_words_ids\": [[5], [-1]]}",
     "\"bad_words_ids\" is -1, expected"},
    {"bad_words_ids a string", GENERATION, NULL, "{\"bad_words_ids\": [[\"x\"]]}",
     "\"bad_words_ids\" is not a number"},
    {"alignment_heads a number", GENERATION, NULL, "{\"alignment_heads\": 1}",
     "\"alignment_heads\" must be a list of [layer, head]"},
    {"alignment_heads one pair", GENERATION, NULL, "{\"alignment_heads\": [1, 0]}",
     "\"alignment_heads\" must be a list of [layer, head]"},
    {"alignment_heads an object", GENERATION, NULL, "{\"alignment_heads\": {\"a\": [0, 0]}}",
     "\"alignment_heads\" must be a list of [layer, head]"},
    {"alignment_heads without a head", GENERATION, NULL, "{\"alignment_heads\": [[1]]}",
     "\"alignment_heads\" must be a list of [layer, head]"},
    {"alignment_heads past the layers", GENERATION, NULL, "{\"alignment_heads\": [[2, 0]]}",
     "\"alignment_heads\" is 2, expected an integer from 0 to 1"},
    {"alignment_heads past the heads", GENERATION, NULL, "{\"alignment_heads\": [[0, 3]]}",
     "\"alignment_heads\" is 3, expected an integer from 0 to 2"},
    {"alignment_heads negative", GENERATION, NULL, "{\"alignment_heads\": [[0, -1]]}",
     "\"alignment_heads\" is -1, expected"},
    {"length_penalty a string", GENERATION, NULL, "{\"length_penalty\": \"1\"}",
     "\"length_penalty\" must be a number from -100 to 100"},
    {"length_penalty 1e300", GENERATION, NULL, "{\"length_penalty\": 1e300}",
     "\"length_penalty\" must be a number from -100 to 100"},
    {"num_beams 0", GENERATION, NULL, "{\"num_beams\": 0}",
     "\"num_beams\" is 0, expected an integer from 1 to 64"},
    {"num_beams 10^9", GENERATION, NULL, "{\"num_beams\": 1e9}", "\"num_beams\" is 1000000000"},
    {"early_stopping a number", GENERATION, NULL, "{\"early_stopping\": 1}",
     "\"early_stopping\" must be true, false or \"never\""},
    {"early_stopping another word", GENERATION, NULL, "{\"early_stopping\": \"ever\"}",
     "\"early_stopping\" must be true, false or \"never\""},
    {"max_new_tokens 0", GENERATION, NULL, "{\"max_new_tokens\": 0}", "\"max_new_tokens\" is 0"},
    {"min_length negative", GENERATION, NULL, "{\"min_length\": -1}", "\"min_length\" is -1"},
    {"no_repeat_ngram_size 1.5", GENERATION, NULL, "{\"no_repeat_ngram_size\": 1.5}",
     "\"no_repeat_ngram_size\" is 1.5, expected"},
    {"repetition_penalty 0", GENERATION, NULL, "{\"repetition_penalty\": 0}",
     "\"repetition_penalty\" must be a number from 0.01 to 100"},
    {"renormalize_logits a string", GENERATION, NULL, "{\"renormalize_logits\": \"yes\"}",
     "\"renormalize_logits\" must be true or false"},
    {"forced_bos outside the vocabulary", GENERATION, NULL, "{\"forced_bos_token_id\": 61}",
     "\"forced_bos_token_id\" is 61, expected"},
    {"suppress_tokens a number", GENERATION, NULL, "{\"suppress_tokens\": 3}",
     "\"suppress_tokens\" must be a list"},
    {"suppress_tokens negative", GENERATION, NULL, "{\"suppress_tokens\": [-1]}",
     "\"suppress_tokens\" is -1, expected"},
    {"begin_suppress_tokens outside", GENERATION, NULL, "{\"begin_suppress_tokens\": [61]}",
     "\"begin_suppress_tokens\" is 61, expected"},
#define REFUSED(key, value)                                                               \
    {                                                                                     \
        key, GENERATION, NULL, "{\"" key "\": " value "}",                                \
            "generation_config.json: \"" key "\" asks for a search that is not supported" \
    }
    REFUSED("constraints", "[[3]]"),
    REFUSED("diversity_penalty", "0.5"),
    REFUSED("do_sample", "true"),
    REFUSED("dola_layers", "\"high\""),
    REFUSED("encoder_no_repeat_ngram_size", "3"),
    REFUSED("encoder_repetition_penalty", "1.2"),
    REFUSED("exponential_decay_length_penalty", "[5, 1.1]"),
    REFUSED("force_words_ids", "[[3]]"),
    REFUSED("forced_decoder_ids", "[[1, 3]]"),
    REFUSED("guidance_scale", "1.5"),
    REFUSED("is_assistant", "true"),
    REFUSED("max_time", "2.5"),
    REFUSED("num_beam_groups", "2"),
    REFUSED("num_return_sequences", "3"),
    REFUSED("penalty_alpha", "0.6"),
    REFUSED("sequence_bias", "[[[3], -1.0]]"),
    REFUSED("stop_strings", "[\"x\"]"),
    REFUSED("token_healing", "true"),
    REFUSED("watermarking_config", "{}"),
};

/* ---- vocab.json: 61 pieces ---- */

#define VOCAB "vocab.json"

static const HostileEdit vocabs[] = {
    {"vocab: an empty file", VOCAB, NULL, "", "not JSON: syntax error at byte 0"},
    {"vocab: a list", VOCAB, NULL, "[\"a\", \"b\"]", "expected a JSON object"},
    {"vocab: cut short", VOCAB, NULL, "{\"a\": 0, \"b\": 1", "not JSON: syntax error at byte"},
    {"vocab: not UTF-8", VOCAB, "\"b\"", "\"b\xFF\"", "is not UTF-8"},
    {"vocab: a NUL in a piece", VOCAB, "\"b\"", "\"b\\u0000\"", "holds a NUL character"},
    {"vocab: id V", VOCAB, "\"b\": 29", "\"b\": 61",
     "\"b\" is 61, expected an integer from 0 to 60"},
    {"vocab: id negative", VOCAB, "\"b\": 29", "\"b\": -1",
     "\"b\" is -1, expected an integer from 0"},
    {"vocab: id fractional", VOCAB, "\"b\": 29", "\"b\": 1.5", "\"b\" is 1.5, expected an integer"},
    {"vocab: id 1e300", VOCAB, "\"b\": 29", "\"b\": 1e300", "\"b\" is 1.0000000000000001e+300"},
    {"vocab: id 29 + 2^32", VOCAB, "\"b\": 29", "\"b\": 4294967325", "\"b\" is 4294967325"},
    {"vocab: id a string", VOCAB, "\"b\": 29", "\"b\": \"29\"", "\"b\" is not a number, expected"},
    {"vocab: id null", VOCAB, "\"b\": 29", "\"b\": null", "\"b\" is not a number, expected"},
    {"vocab: id a list", VOCAB, "\"b\": 29", "\"b\": [29]", "\"b\" is not a number, expected"},
    {"vocab: duplicate id", VOCAB, "\"b\": 29", "\"b\": 28", "\"a\" and \"b\" have the same id 28"},
    {"vocab: duplicate piece", VOCAB, "\"b\": 29", "\"a\": 29", "\"a\" occurs twice"},
    {"vocab: a piece too few", VOCAB, "\"b\": 29, ", "", "no piece has the id 29, and one has 60"},
    {"vocab: a piece too many", VOCAB, "\"b\": 29", "\"b\": 29, \"bb\": 61",
     "\"bb\" is 61, expected"},
    {"vocab: empty", VOCAB, NULL, "{}", "0 pieces, the model has embeddings for 61"},
    {"vocab: no </s>", VOCAB, "</s>", "<s>", "no \"</s>\""},
    {"vocab: no <unk>", VOCAB, "<unk>", "unk", "no \"<unk>\""},
    {"vocab: a terminal's command", VOCAB, "\"b\": 29", "\"\\u001b[2J\": 99", "\"?[2J\" is 99"},
};

/* The same of a target's own vocabulary. */
static const HostileEdit target_vocabs[] = {
    {"target vocab: id V", "target_vocab.json", "\"b\": 32", "\"b\": 61", "\"b\" is 61, expected"},
    {"target vocab: no </s>", "target_vocab.json", "</s>", "<s>", "no \"</s>\""},
    {"target vocab: no <unk>", "target_vocab.json", "<unk>", "unk", "no \"<unk>\""},
};

static void refused_target_vocab(void **row) {
    const HostileEdit *edit = *row;
    TinyModel options = tiny_model_default();
    options.separate_vocabs = true;
    char *directory = tiny_model_write(&options);
    hostile_accepted(directory);
    tiny_file_replace(directory, edit->file, edit->from, edit->to);
    hostile_refused(directory, edit->file, edit->message);
    tiny_model_remove(directory);
}

/* ---- added tokens ---- */

#define ADDED "added_tokens.json"
#define TOKENIZER "tokenizer_config.json"
#define DECODER(entries) "{\"added_tokens_decoder\": {" entries "}}"

static const HostileEdit added[] = {
    {"added: not JSON", ADDED, NULL, "{\"<a>\"", "not JSON"},
    {"added: a list", ADDED, NULL, "[\"<a>\"]", "expected a JSON object"},
    {"added: twice", ADDED, NULL, "{\"<a>\": 5, \"<a>\": 5}", "\"<a>\" occurs twice"},
    {"added: an id too large", ADDED, NULL, "{\"<a>\": 61}",
     "\"<a>\" is 61, expected an integer from 0 to 60"},
    {"added: an id of another piece", ADDED, NULL, "{\"<a>\": 29}",
     "\"b\" and \"<a>\" have the same id 29"},
    {"added: a piece with another id", ADDED, NULL, "{\"b\": 28}", "have the same id 28"},
    {"added: empty", ADDED, NULL, "{\"\": 60}", "an added token of 0 bytes, expected 1 to 1000"},
    {"tokenizer_config: not JSON", TOKENIZER, NULL, "{not JSON", "not JSON"},
    {"tokenizer_config: no content", TOKENIZER, NULL, DECODER("\"5\": {}"),
     "no \"content\" of \"5\""},
    {"tokenizer_config: no object", TOKENIZER, NULL, DECODER("\"5\": 7"),
     "no \"content\" of \"5\""},
    {"tokenizer_config: an id too large", TOKENIZER, NULL,
     DECODER("\"61\": {\"content\": \"<a>\"}"), "\"61\", expected an id from 0 to 60"},
    {"tokenizer_config: an id that is none", TOKENIZER, NULL,
     DECODER("\"5x\": {\"content\": \"<a>\"}"), "\"5x\", expected an id"},
    {"tokenizer_config: an id of 40 digits", TOKENIZER, NULL,
     DECODER("\"1000000000000000000000000000000000000000\": {\"content\": \"<a>\"}"),
     "expected an id from 0 to 60"},
    {"tokenizer_config: one token, two ids", TOKENIZER, NULL,
     DECODER("\"5\": {\"content\": \"<a>\"}, \"6\": {\"content\": \"<a>\"}"),
     "\"<a>\" has the ids 5 and 6"},
};

/* ---- what does no harm: the model still translates, one line to one ---- */

static const HostileEdit harmless[] = {
    {"tokenizer_config.json without added tokens", TOKENIZER, NULL, "{\"added_tokens_decoder\": 7}",
     NULL},
    {"a vocabulary smaller than the embeddings", "vocab.json", ", \"<pad>\": 60", "", NULL},
    {"line ends in a piece that is said", "vocab.json", "\"c\"", "\"c\\r\\nc\"", NULL},
};

static void accepted(void **row) {
    char *directory = hostile_edited_model(*row);
    hostile_accepted(directory);
    tiny_model_remove(directory);
}

int main(void) {
    const HostileTable tables[] = {
        HOSTILE_TABLE(hostile_edit, configs), HOSTILE_TABLE(hostile_edit, generations),
        HOSTILE_TABLE(hostile_edit, vocabs),  HOSTILE_TABLE(refused_target_vocab, target_vocabs),
        HOSTILE_TABLE(hostile_edit, added),   HOSTILE_TABLE(accepted, harmless),
    };
    return hostile_run("JSON configs and vocabularies", tables, sizeof tables / sizeof tables[0]);
}
