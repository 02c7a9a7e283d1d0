#include "model/config.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/json.h"

/* The two files in hand. */
typedef struct {
    const char *config_path, *generation_path;
    cJSON *config, *generation;  // generation: NULL if there is no such file
} Files;

static const cJSON *find(const Files *files, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(files->config, key);
}

/* A key that both files may hold; *path becomes that of the file that does. JSON's null counts as
   absent: transformers writes it for settings left alone. */
static const cJSON *find_decoding(const Files *files, const char *key, const char **path) {
    *path = files->generation_path;
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(files->generation, key);
    if (value && !cJSON_IsNull(value)) return value;
    *path = files->config_path;
    value = find(files, key);
    return cJSON_IsNull(value) ? NULL : value;
}

static bool read_size(const Files *files, const char *key, long long most, size_t *out,
                      Error *err) {
    long long value;
    if (!json_integer(find(files, key), files->config_path, key, 1, most, &value, err))
        return false;
    *out = (size_t)value;
    return true;
}

static bool read_flag(const Files *files, const char *key, bool otherwise, bool *out, Error *err) {
    const cJSON *value = find(files, key);
    *out = value ? cJSON_IsTrue(value) : otherwise;
    return !value || cJSON_IsBool(value) ||
           error_set(err, "%s: \"%s\" must be true or false", files->config_path, key);
}

static bool read_id(const Files *files, const char *key, size_t n, int *out, Error *err) {
    const char *path;
    const cJSON *item = find_decoding(files, key, &path);
    long long value;
    if (!json_integer(item, path, key, 0, (long long)n - 1, &value, err)) return false;
    *out = (int)value;
    return true;
}

static bool read_shape(const Files *files, Config *c, Error *err) {
    const long long most_layers = 256, most_units = 65536, most_pieces = 10 * 1000 * 1000;
    return read_size(files, "d_model", most_units, &c->d_model, err) &&
           read_size(files, "encoder_layers", most_layers, &c->encoder_layers, err) &&
           read_size(files, "decoder_layers", most_layers, &c->decoder_layers, err) &&
           read_size(files, "encoder_attention_heads", most_units, &c->encoder_heads, err) &&
           read_size(files, "decoder_attention_heads", most_units, &c->decoder_heads, err) &&
           read_size(files, "encoder_ffn_dim", most_units, &c->encoder_ffn, err) &&
           read_size(files, "decoder_ffn_dim", most_units, &c->decoder_ffn, err) &&
           read_size(files, "max_position_embeddings", most_units, &c->max_positions, err) &&
           read_size(files, "vocab_size", most_pieces, &c->source_vocab, err);
}

static bool check_shape(const Files *files, const Config *c, Error *err) {
    if (c->d_model % 2)
        return error_set(err, "%s: \"d_model\" is %zu, expected an even number", files->config_path,
                         c->d_model);
    if (c->d_model % c->encoder_heads || c->d_model % c->decoder_heads)
        return error_set(err, "%s: %zu heads do not divide \"d_model\" %zu", files->config_path,
                         c->d_model % c->encoder_heads ? c->encoder_heads : c->decoder_heads,
                         c->d_model);
    if (c->max_positions < 2)
        return error_set(err, "%s: \"max_position_embeddings\" is 1, expected at least 2",
                         files->config_path);
    return true;
}

static bool read_vocabs(const Files *files, Config *c, Error *err) {
    bool shared;
    c->target_vocab = c->source_vocab;
    if (!read_flag(files, "share_encoder_decoder_embeddings", true, &shared, err) ||
        !read_flag(files, "tie_word_embeddings", true, &c->tied_output, err) ||
        !read_flag(files, "scale_embedding", false, &c->scale_embedding, err))
        return false;
    c->separate_vocabs = !shared;
    const cJSON *own = find(files, "decoder_vocab_size");
    if (shared || !own || cJSON_IsNull(own)) return true;
    return read_size(files, "decoder_vocab_size", 10 * 1000 * 1000, &c->target_vocab, err);
}

static bool read_activation(const Files *files, Config *c, Error *err) {
    const char *name = cJSON_GetStringValue(find(files, "activation_function"));
    if (!name) return error_set(err, "%s: no \"activation_function\"", files->config_path);
    if (strcmp(name, "relu") == 0)
        c->activation = ACTIVATION_RELU;
    else if (strcmp(name, "swish") == 0 || strcmp(name, "silu") == 0)
        c->activation = ACTIVATION_SWISH;
    else
        return error_kind(err, XATTN_UNSUPPORTED,
                          "%s: activation_function \"%s\" is not supported, expected swish, "
                          "silu or relu",
                          files->config_path, name);
    return true;
}

/* Models of other architectures that people translate with, by their other names. */
static bool refuse_type(const Files *files, const char *type, Error *err) {
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
    return error_set(err,
                     "%s: \"model_type\" is %s%s, expected marian; xattn runs MarianMT models, as "
                     "Helsinki-NLP's opus-mt are",
                     files->config_path, type ? type : "missing", names);
}

/* Variants of the architecture that would need other arithmetic. */
static bool refuse_variants(const Files *files, Error *err) {
    static const struct {
        const char *key;
        bool supported;
    } variants[] = {{"normalize_before", false},
                    {"normalize_embedding", false},
                    {"add_final_layer_norm", false},
                    {"static_position_embeddings", true}};
    const char *type = cJSON_GetStringValue(find(files, "model_type"));
    if (!type || strcmp(type, "marian") != 0) return refuse_type(files, type, err);
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        bool value;
        if (!read_flag(files, variants[i].key, variants[i].supported, &value, err)) return false;
        if (value != variants[i].supported)
            return error_kind(err, XATTN_UNSUPPORTED, "%s: \"%s\": %s is not supported",
                              files->config_path, variants[i].key, value ? "true" : "false");
    }
    return true;
}

/* bad_words_ids: a list of one-token lists. transformers also bans sequences; no MarianMT model
   asks for that. */
static bool read_banned(const Files *files, Config *c, Arena *arena, Error *err) {
    const char *path;
    const cJSON *list = find_decoding(files, "bad_words_ids", &path), *word;
    if (!list) return true;
    if (!cJSON_IsArray(list)) return error_set(err, "%s: \"bad_words_ids\" must be a list", path);
    c->banned =
        arena_array(arena, (size_t)cJSON_GetArraySize(list), sizeof *c->banned, "banned ids", err);
    if (!c->banned) return false;
    cJSON_ArrayForEach (word, list) {
        long long id;
        if (!cJSON_IsArray(word) || cJSON_GetArraySize(word) != 1)
            return error_set(err, "%s: \"bad_words_ids\" must hold lists of one id each", path);
        if (!json_integer(word->child, path, "bad_words_ids", 0, (long long)c->target_vocab - 1,
                          &id, err))
            return false;
        if (id != c->eos) c->banned[c->n_banned++] = (int)id;  // so does transformers
    }
    return true;
}

/* alignment_heads: a list of [layer, head] pairs, of which the first is shown by default. The key
   is the one that whisper models use. */
static bool read_alignment_head(const Files *files, Config *c, Error *err) {
    const char *path;
    const cJSON *list = find_decoding(files, "alignment_heads", &path);
    if (!list || (cJSON_IsArray(list) && !list->child)) return true;
    const cJSON *pair = cJSON_GetArrayItem(list, 0);
    long long layer, head;
    if (!cJSON_IsArray(list) || !cJSON_IsArray(pair) || cJSON_GetArraySize(pair) != 2)
        return error_set(err, "%s: \"alignment_heads\" must be a list of [layer, head]", path);
    if (!json_integer(cJSON_GetArrayItem(pair, 0), path, "alignment_heads", 0,
                      (long long)c->decoder_layers - 1, &layer, err) ||
        !json_integer(cJSON_GetArrayItem(pair, 1), path, "alignment_heads", 0,
                      (long long)c->decoder_heads - 1, &head, err))
        return false;
    c->has_alignment_head = true;
    c->alignment_head = (HeadIndex){(size_t)layer, (size_t)head};
    return true;
}

static bool read_max_length(const Files *files, Config *c, Error *err) {
    const char *path;
    const cJSON *value = find_decoding(files, "max_length", &path);
    long long max_length = (long long)c->max_positions + 1;
    if (value && !json_integer(value, path, "max_length", 2, INT32_MAX, &max_length, err))
        return false;
    c->max_length = (size_t)max_length;
    return true;
}

static bool read_length_penalty(const Files *files, Config *c, Error *err) {
    const char *path;
    const cJSON *value = find_decoding(files, "length_penalty", &path);
    c->length_penalty = value ? (float)value->valuedouble : 1.0F;
    return !value || (cJSON_IsNumber(value) && fabsf(c->length_penalty) <= 100.0F) ||
           error_set(err, "%s: \"length_penalty\" must be a number from -100 to 100", path);
}

static bool read_decoding(const Files *files, Config *c, Arena *arena, Error *err) {
    const char *path;
    if (!read_id(files, "eos_token_id", c->target_vocab, &c->eos, err) ||
        !read_id(files, "pad_token_id", c->target_vocab, &c->pad, err) ||
        !read_id(files, "decoder_start_token_id", c->target_vocab, &c->start, err))
        return false;
    c->forced_eos = -1;
    if (find_decoding(files, "forced_eos_token_id", &path) &&
        !read_id(files, "forced_eos_token_id", c->target_vocab, &c->forced_eos, err))
        return false;
    if (c->forced_eos >= 0 && c->forced_eos != c->eos)
        return error_set(err, "%s: \"forced_eos_token_id\" %d is not \"eos_token_id\" %d", path,
                         c->forced_eos, c->eos);
    return read_flag(files, "lowercase_capitals", false, &c->lowercase_capitals, err) &&
           read_max_length(files, c, err) && read_length_penalty(files, c, err) &&
           read_banned(files, c, arena, err) && read_alignment_head(files, c, err);
}

static bool read_all(Files *files, Config *config, Arena *arena, Error *err) {
    files->config = json_load_object(files->config_path, err);
    if (!files->config) return false;
    if (access(files->generation_path, F_OK) == 0) {
        files->generation = json_load_object(files->generation_path, err);
        if (!files->generation) return false;
    }
    return json_check_keys(files->config, files->config_path, err) &&
           json_check_keys(files->generation, files->generation_path, err) &&
           refuse_variants(files, err) && read_shape(files, config, err) &&
           check_shape(files, config, err) && read_vocabs(files, config, err) &&
           read_activation(files, config, err) && read_decoding(files, config, arena, err);
}

bool config_load(const char *directory, Config *config, Arena *arena, Error *err) {
    Buffer config_path = {0}, generation_path = {0};
    buffer_format(&config_path, "%s/config.json", directory);
    buffer_format(&generation_path, "%s/generation_config.json", directory);
    *config = (Config){0};
    Files files = {config_path.data, generation_path.data, NULL, NULL};
    bool ok = buffer_ok(&config_path, "a path", err) &&
              buffer_ok(&generation_path, "a path", err) && read_all(&files, config, arena, err);
    cJSON_Delete(files.config);
    cJSON_Delete(files.generation);
    buffer_free(&config_path);
    buffer_free(&generation_path);
    return ok;
}
