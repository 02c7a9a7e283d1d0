#include "model/config.h"

#include <string.h>

#include "model/generation_keys.h"
#include "model/settings.h"

/* Reads a number that config.json must have. */
static bool read_size(const Settings *settings, const char *key, long long most, size_t *out,
                      Error *err) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(settings->config, key);
    long long number;
    if (!json_integer(value, settings->config_path.data, key, 1, most, &number, err)) return false;
    *out = (size_t)number;
    return true;
}

static bool read_shape(const Settings *settings, Config *c, Error *err) {
    const long long most_layers = 256, most_units = 65536, most_pieces = 10 * 1000 * 1000;
    return read_size(settings, "d_model", most_units, &c->d_model, err) &&
           read_size(settings, "encoder_layers", most_layers, &c->encoder_layers, err) &&
           read_size(settings, "decoder_layers", most_layers, &c->decoder_layers, err) &&
           read_size(settings, "encoder_attention_heads", most_units, &c->encoder_heads, err) &&
           read_size(settings, "decoder_attention_heads", most_units, &c->decoder_heads, err) &&
           read_size(settings, "encoder_ffn_dim", most_units, &c->encoder_ffn, err) &&
           read_size(settings, "decoder_ffn_dim", most_units, &c->decoder_ffn, err) &&
           read_size(settings, "max_position_embeddings", most_units, &c->max_positions, err) &&
           read_size(settings, "vocab_size", most_pieces, &c->source_vocab, err);
}

static bool check_shape(const Settings *settings, const Config *c, Error *err) {
    if (c->d_model % 2)
        return error_set(err, "%s: \"d_model\" is %zu, expected an even number",
                         settings->config_path.data, c->d_model);
    if (c->d_model % c->encoder_heads || c->d_model % c->decoder_heads)
        return error_set(
            err, "%s: %zu heads do not divide \"d_model\" %zu", settings->config_path.data,
            c->d_model % c->encoder_heads ? c->encoder_heads : c->decoder_heads, c->d_model);
    if (c->max_positions < 2)
        return error_set(err, "%s: \"max_position_embeddings\" is 1, expected at least 2",
                         settings->config_path.data);
    return true;
}

static bool read_vocabs(const Settings *settings, Config *c, Error *err) {
    bool shared = true;
    c->tied_output = true;
    c->target_vocab = c->source_vocab;
    if (!setting_flag(settings_config(settings, "share_encoder_decoder_embeddings"), &shared,
                      err) ||
        !setting_flag(settings_config(settings, "tie_word_embeddings"), &c->tied_output, err) ||
        !setting_flag(settings_config(settings, "scale_embedding"), &c->scale_embedding, err))
        return false;
    c->separate_vocabs = !shared;
    return shared || setting_size(settings_config(settings, "decoder_vocab_size"), 1,
                                  10 * 1000 * 1000, &c->target_vocab, err);
}

static bool read_activation(const Settings *settings, Config *c, Error *err) {
    const char *name = cJSON_GetStringValue(settings_config(settings, "activation_function").value);
    if (!name) return error_set(err, "%s: no \"activation_function\"", settings->config_path.data);
    if (strcmp(name, "relu") == 0)
        c->activation = ACTIVATION_RELU;
    else if (strcmp(name, "swish") == 0 || strcmp(name, "silu") == 0)
        c->activation = ACTIVATION_SWISH;
    else
        return error_kind(err, XATTN_UNSUPPORTED,
                          "%s: activation_function \"%s\" is not supported, expected swish, "
                          "silu or relu",
                          settings->config_path.data, name);
    return true;
}

/* Refuses other architectures for translation, and names them. */
static bool refuse_type(const Settings *settings, const char *type, Error *err) {
    static const struct {
        const char *type, *names;
    } others[] = {{"m2m_100", " (M2M100, NLLB, SMaLL-100)"},
                  {"nllb-moe", " (NLLB)"},
                  {"mbart", " (mBART)"},
                  {"t5", " (T5, MADLAD)"},
                  {"mt5", " (mT5)"},
                  {"fsmt", " (FairSeq's WMT models)"}};
    const char *names = "";
    for (size_t i = 0; type && i < sizeof others / sizeof *others; i++)
        if (strcmp(type, others[i].type) == 0) names = others[i].names;
    return error_kind(err, type ? XATTN_UNSUPPORTED : XATTN_MALFORMED,
                      "%s: \"model_type\" is %s%s, expected marian; xattn runs MarianMT models, as "
                      "Helsinki-NLP's opus-mt are",
                      settings->config_path.data, type ? type : "missing", names);
}

/* Refuses variants of the architecture that need other arithmetic. */
static bool refuse_variants(const Settings *settings, Error *err) {
    static const struct {
        const char *key;
        bool supported;
    } variants[] = {{"normalize_before", false},
                    {"normalize_embedding", false},
                    {"add_final_layer_norm", false},
                    {"static_position_embeddings", true}};
    const char *type = cJSON_GetStringValue(settings_config(settings, "model_type").value);
    if (!type || strcmp(type, "marian") != 0) return refuse_type(settings, type, err);
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        bool value = variants[i].supported;
        if (!setting_flag(settings_config(settings, variants[i].key), &value, err)) return false;
        if (value != variants[i].supported)
            return error_kind(err, XATTN_UNSUPPORTED, "%s: \"%s\": %s is not supported",
                              settings->config_path.data, variants[i].key,
                              value ? "true" : "false");
    }
    return true;
}

/* alignment_heads is a list of [layer, head] pairs, as in whisper models. The first is the default of
   maps. */
static bool read_alignment_head(Settings *settings, Config *c, Error *err) {
    Setting heads = settings_either(settings, "alignment_heads");
    const cJSON *list = heads.value;
    if (!list || (cJSON_IsArray(list) && !list->child)) return true;
    const cJSON *pair = cJSON_GetArrayItem(list, 0);
    long long layer, head;
    if (!cJSON_IsArray(list) || !cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2)
        return error_set(err, "%s: \"alignment_heads\" must be a list of [layer, head]",
                         heads.path);
    if (!json_integer(cJSON_GetArrayItem(pair, 0), heads.path, heads.key, 0,
                      (long long)c->decoder_layers - 1, &layer, err) ||
        !json_integer(cJSON_GetArrayItem(pair, 1), heads.path, heads.key, 0,
                      (long long)c->decoder_heads - 1, &head, err))
        return false;
    c->has_alignment_head = true;
    c->alignment_head = (HeadIndex){(size_t)layer, (size_t)head};
    return true;
}

static bool read_decoding(Settings *settings, Config *c, Arena *arena, Error *err) {
    size_t n = c->target_vocab;
    c->generation = generation_default();
    c->generation.max_length = c->max_positions + 1;
    return setting_id(settings_either(settings, "eos_token_id"), n, &c->eos, err) &&
           setting_id(settings_either(settings, "pad_token_id"), n, &c->pad, err) &&
           setting_id(settings_either(settings, "decoder_start_token_id"), n, &c->start, err) &&
           generation_read(settings, n, c->eos, &c->generation, arena, err) &&
           setting_flag(settings_config(settings, "lowercase_capitals"), &c->lowercase_capitals,
                        err) &&
           setting_size(settings_config(settings, "split_length"), 2, INT32_MAX, &c->split_length,
                        err) &&
           read_alignment_head(settings, c, err) &&
           generation_keys_unknown(settings, &c->generation.unknown, arena, err);
}

bool config_load(const char *directory, Config *config, Arena *arena, Error *err) {
    Settings settings;
    *config = (Config){0};
    bool ok = settings_open(directory, &settings, err) && refuse_variants(&settings, err) &&
              read_shape(&settings, config, err) && check_shape(&settings, config, err) &&
              read_vocabs(&settings, config, err) && read_activation(&settings, config, err) &&
              read_decoding(&settings, config, arena, err);
    settings_close(&settings);
    return ok;
}
