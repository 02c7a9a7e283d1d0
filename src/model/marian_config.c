#include "model/marian_config.h"

#include <string.h>

/* Sinusoids have no limit, but the models were trained on sentences of up to about 200 pieces. */
enum { MAX_POSITIONS = 512 };

/* Marian's own limit of target pieces for each source piece. */
static const double default_length_factor = 3.0;

static const size_t most_layers = 256, most_units = 65536, most_pieces = 10 * 1000 * 1000;

/* Settings that change the arithmetic, with their supported values. The first is the default of a
   missing setting. */
static const struct {
    const char *key, *supported, *or_else;
} variants[] = {
    {"type", "transformer", NULL},
    {"transformer-preprocess", "", NULL},
    {"transformer-postprocess", "dan", "an"},  // (dropout,) add, norm
    {"transformer-postprocess-emb", "d", ""},
    {"transformer-postprocess-top", "", NULL},
    {"transformer-ffn-depth", "2", NULL},
    {"transformer-decoder-ffn-depth", "0", "2"},
    {"transformer-no-projection", "false", NULL},
    {"transformer-rnn-projection", "false", NULL},
    {"transformer-no-bias", "false", NULL},
    {"transformer-no-affine", "false", NULL},
    {"transformer-pool", "false", NULL},
    {"transformer-disable-position-embeddings", "false", NULL},
    {"transformer-attention-mask", "default", NULL},
    {"layer-normalization", "false", NULL},
    {"lemma-dim-emb", "0", NULL},
    {"lemma-dependency", "", NULL},
    {"output-omit-bias", "false", NULL},
    {"right-left", "false", NULL},
    {"ulr", "false", NULL},
};

static bool refuse_variants(const Yaml *yaml, Error *err) {
    static const char *const lists[] = {"input-types", "transformer-tied-layers"};
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        const char *supported = variants[i].supported, *or_else = variants[i].or_else;
        const char *value = yaml_text(yaml, variants[i].key, supported, err);
        if (!value) return false;
        if (strcmp(value, supported) != 0 && (!or_else || strcmp(value, or_else) != 0))
            return error_kind(err, XATTN_UNSUPPORTED,
                              "%s: \"%s\": \"%s\" is not supported, expected \"%s\"", yaml->name,
                              variants[i].key, value, supported);
    }
    for (size_t i = 0; i < 2; i++) {
        const YamlEntry *entry = yaml_find(yaml, lists[i]);
        if (entry && entry->n)
            return error_kind(err, XATTN_UNSUPPORTED,
                              "%s: \"%s\": not supported, expected an empty list", yaml->name,
                              lists[i]);
    }
    return true;
}

static bool read_shape(const Yaml *yaml, Config *c, Error *err) {
    if (!yaml_size(yaml, "dim-emb", 4, most_units, &c->d_model, err) ||
        !yaml_size(yaml, "enc-depth", 1, most_layers, &c->encoder_layers, err) ||
        !yaml_size(yaml, "dec-depth", 1, most_layers, &c->decoder_layers, err) ||
        !yaml_size(yaml, "transformer-heads", 1, most_units, &c->encoder_heads, err) ||
        !yaml_size(yaml, "transformer-dim-ffn", 1, most_units, &c->encoder_ffn, err))
        return false;
    c->decoder_heads = c->encoder_heads;
    c->decoder_ffn = c->encoder_ffn;
    c->max_positions = MAX_POSITIONS;
    c->generation = generation_default();
    c->generation.max_length = MAX_POSITIONS + 1;
    c->generation.length_factor = default_length_factor;
    if (c->d_model % 2)
        return error_set(err, "%s: \"dim-emb\" is %zu, expected an even number", yaml->name,
                         c->d_model);
    if (c->d_model % c->encoder_heads)
        return error_set(err, "%s: %zu heads do not divide \"dim-emb\" %zu", yaml->name,
                         c->encoder_heads, c->d_model);
    static const char own_ffn[] = "transformer-decoder-dim-ffn";  // 0: the encoder's
    size_t ffn = 0;
    if (yaml_find(yaml, own_ffn) && !yaml_size(yaml, own_ffn, 0, most_units, &ffn, err))
        return false;
    if (ffn) c->decoder_ffn = ffn;
    return true;
}

static bool read_vocabs(const Yaml *yaml, Config *c, MarianTables *tables, Error *err) {
    static const char key[] = "dim-vocabs";
    const YamlEntry *entry = yaml_find(yaml, key);
    if (!entry || entry->n != 2)
        return error_set(err, "%s: \"%s\" must be a list of two numbers", yaml->name, key);
    for (size_t i = 0; i < 2; i++) {
        const YamlEntry one = {
            .key = key, .line = entry->line, .n = 1, .values = &entry->values[i]};
        const Yaml alone = {yaml->name, (YamlEntry *)&one, 1};
        if (!yaml_size(&alone, key, 1, most_pieces, i ? &c->target_vocab : &c->source_vocab, err))
            return false;
    }
    bool all, source, tied;
    if (!yaml_flag(yaml, "tied-embeddings-all", false, &all, err) ||
        !yaml_flag(yaml, "tied-embeddings-src", false, &source, err) ||
        !yaml_flag(yaml, "tied-embeddings", false, &tied, err))
        return false;
    *tables = (MarianTables){.shared = all || source, .tied = all || tied};
    c->separate_vocabs = !tables->shared;
    c->tied_output = tables->tied;
    c->scale_embedding = true;
    if (tables->shared && c->source_vocab != c->target_vocab)
        return error_set(err, "%s: one embedding table for vocabularies of %zu and %zu pieces",
                         yaml->name, c->source_vocab, c->target_vocab);
    return true;
}

static bool read_layers(const Yaml *yaml, Config *c, Error *err) {
    const char *activation = yaml_text(yaml, "transformer-ffn-activation", "swish", err);
    const char *past = yaml_text(yaml, "transformer-decoder-autoreg", "self-attention", err);
    const char *cell = yaml_text(yaml, "dec-cell", "gru", err);
    if (!activation || !past || !cell) return false;
    bool is_recurrent = strcmp(past, "rnn") == 0;
    if (!is_recurrent && strcmp(past, "self-attention") != 0)
        return error_kind(err, XATTN_UNSUPPORTED,
                          "%s: \"transformer-decoder-autoreg\": \"%s\" is not supported, expected "
                          "rnn or self-attention",
                          yaml->name, past);
    if (is_recurrent && strcmp(cell, "ssru") != 0)
        return error_kind(err, XATTN_UNSUPPORTED,
                          "%s: \"dec-cell\": \"%s\" is not supported, expected ssru", yaml->name,
                          cell);
    c->decoder_self = is_recurrent ? SELF_SSRU : SELF_ATTENTION;
    c->activation = strcmp(activation, "relu") == 0 ? ACTIVATION_RELU : ACTIVATION_SWISH;
    return c->activation == ACTIVATION_RELU || strcmp(activation, "swish") == 0 ||
           error_kind(err, XATTN_UNSUPPORTED,
                      "%s: \"transformer-ffn-activation\": \"%s\" is not supported, expected relu "
                      "or swish",
                      yaml->name, activation);
}

/* Guided alignment trains head 0 of one layer: the last, or a number that counts from 1. */
static bool read_alignment_head(const Yaml *yaml, Config *c, Error *err) {
    static const char key[] = "transformer-guided-alignment-layer";
    const char *layer = yaml_text(yaml, key, "last", err);
    if (!layer) return false;
    size_t number = c->decoder_layers;
    if (strcmp(layer, "last") != 0 && !yaml_size(yaml, key, 1, c->decoder_layers, &number, err))
        return false;
    c->has_alignment_head = true;
    c->alignment_head = (HeadIndex){number - 1, 0};
    return true;
}

bool marian_config_read(const Yaml *yaml, Config *config, MarianTables *tables, Error *err) {
    return refuse_variants(yaml, err) && read_shape(yaml, config, err) &&
           read_vocabs(yaml, config, tables, err) && read_layers(yaml, config, err) &&
           read_alignment_head(yaml, config, err);
}
