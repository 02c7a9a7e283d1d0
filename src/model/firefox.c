#include "model/firefox.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "model/marian_config.h"
#include "model/shape.h"

static const float layer_norm_epsilon = 1e-6F;
static const char settings_name[] = "special:model.yml", multiplier_suffix[] = "_QuantMultA";

/* ---- tensors ---- */

/* What every look-up needs. */
typedef struct {
    MarianBin *file;
    Arena *arena;
    Precision precision;
    size_t n_parameters;  // elements read so far
    Error *err;
} Reader;

/* NAME_QuantMultA, if it is there, goes with NAME. */
static void skip_multiplier(Reader *r, const char *name) {
    char multiplier[160];
    snprintf(multiplier, sizeof multiplier, "%s%s", name, multiplier_suffix);
    MarianTensor *tensor = marian_bin_find(r->file, multiplier);
    if (tensor) tensor->used = true;
}

/* The tensor with this name and shape; NULL with an error otherwise. */
static const MarianTensor *read_tensor(Reader *r, const char *name, size_t rows, size_t cols) {
    MarianTensor *tensor = marian_bin_find(r->file, name);
    char found[96];
    if (!tensor) {
        error_set(r->err, "%s: no tensor %s, expected [%zu, %zu]", r->file->path, name, rows, cols);
        return NULL;
    }
    if (tensor->rank != 2 || tensor->shape[0] != rows || tensor->shape[1] != cols) {
        error_set(r->err, "%s: tensor %s is %s, the settings make it [%zu, %zu]", r->file->path,
                  name, shape_text(tensor->rank, tensor->shape, found), rows, cols);
        return NULL;
    }
    tensor->used = true;
    skip_multiplier(r, name);
    r->n_parameters += tensor->n_elements;
    return tensor;
}

/* LAYER_PART. With `turned` it says [n_cols][n_rows], as all matrices do but embedding tables. */
static bool read_weights(Reader *r, const char *layer, const char *part, size_t n_rows,
                         size_t n_cols, bool turned, Weights *weights) {
    char name[128];
    snprintf(name, sizeof name, "%s%s%s", layer, *layer ? "_" : "", part);
    const MarianTensor *tensor =
        read_tensor(r, name, turned ? n_cols : n_rows, turned ? n_rows : n_cols);
    if (!tensor || !marian_tensor_weights(tensor, n_rows, n_cols, turned, r->precision, weights,
                                          r->arena, r->err))
        return false;
    if (weights->data != tensor->data) file_release(&r->file->file, tensor->data, tensor->n_bytes);
    return true;
}

/* LAYER_PART, a vector [1][n]. */
static const float *read_vector(Reader *r, const char *layer, const char *part, size_t n) {
    char name[128];
    snprintf(name, sizeof name, "%s_%s", layer, part);
    const MarianTensor *tensor = read_tensor(r, name, 1, n);
    return tensor ? marian_tensor_floats(tensor, r->arena, r->err) : NULL;
}

/* LAYER_W and LAYER_B; without a name for the bias it is zero. */
static bool read_linear(Reader *r, const char *layer, const char *w, const char *b, size_t n_in,
                        size_t n_out, Linear *linear) {
    linear->n_in = n_in;
    linear->n_out = n_out;
    if (!read_weights(r, layer, w, n_out, n_in, true, &linear->weight)) return false;
    linear->bias = b ? read_vector(r, layer, b, n_out)
                     : arena_floats(r->arena, n_out, "a bias of zero", r->err);
    return linear->bias != NULL;
}

/* SUBLAYER_ln_scale and SUBLAYER_ln_bias. */
static bool read_norm(Reader *r, const char *sublayer, size_t d, LayerNorm *norm) {
    norm->d = d;
    norm->epsilon = layer_norm_epsilon;
    norm->gain = read_vector(r, sublayer, "ln_scale", d);
    norm->bias = norm->gain ? read_vector(r, sublayer, "ln_bias", d) : NULL;
    return norm->bias != NULL;
}

/* ---- layers: LAYER is encoder_l1, decoder_l2 … ---- */

static bool read_attention(Reader *r, const char *layer, const char *part, size_t d, size_t heads,
                           Attention *att, LayerNorm *norm) {
    char prefix[64], output[80];
    snprintf(prefix, sizeof prefix, "%s_%s", layer, part);
    snprintf(output, sizeof output, "%s_Wo", prefix);
    att->heads = heads;
    return read_linear(r, prefix, "Wq", "bq", d, d, &att->query) &&
           read_linear(r, prefix, "Wk", "bk", d, d, &att->key) &&
           read_linear(r, prefix, "Wv", "bv", d, d, &att->value) &&
           read_linear(r, prefix, "Wo", "bo", d, d, &att->output) && read_norm(r, output, d, norm);
}

static bool read_ssru(Reader *r, const char *layer, size_t d, Ssru *ssru, LayerNorm *norm) {
    char prefix[64], output[80];
    snprintf(prefix, sizeof prefix, "%s_rnn", layer);
    snprintf(output, sizeof output, "%s_ffn", prefix);
    return read_linear(r, prefix, "W", NULL, d, d, &ssru->input) &&
           read_linear(r, prefix, "Wf", "bf", d, d, &ssru->forget) && read_norm(r, output, d, norm);
}

static bool read_ffn(Reader *r, const char *layer, size_t d, size_t f, Activation activation,
                     FeedForward *ffn, LayerNorm *norm) {
    char prefix[64], output[80];
    snprintf(prefix, sizeof prefix, "%s_ffn", layer);
    snprintf(output, sizeof output, "%s_ffn", prefix);
    ffn->activation = activation;
    return read_linear(r, prefix, "W1", "b1", d, f, &ffn->inner) &&
           read_linear(r, prefix, "W2", "b2", f, d, &ffn->outer) && read_norm(r, output, d, norm);
}

static bool read_encoder_layer(Reader *r, const Config *c, size_t i, EncoderLayer *layer) {
    char name[48];
    size_t d = c->d_model;
    snprintf(name, sizeof name, "encoder_l%zu", i + 1);
    return read_attention(r, name, "self", d, c->encoder_heads, &layer->self, &layer->self_norm) &&
           read_ffn(r, name, d, c->encoder_ffn, c->activation, &layer->ffn, &layer->ffn_norm);
}

static bool read_self_layer(Reader *r, const Config *c, const char *name, DecoderLayer *layer) {
    size_t d = c->d_model;
    layer->self_kind = c->recurrent ? SELF_SSRU : SELF_ATTENTION;
    if (c->recurrent) return read_ssru(r, name, d, &layer->ssru, &layer->self_norm);
    return read_attention(r, name, "self", d, c->decoder_heads, &layer->self, &layer->self_norm);
}

static bool read_decoder_layer(Reader *r, const Config *c, size_t i, DecoderLayer *layer) {
    char name[48];
    size_t d = c->d_model;
    snprintf(name, sizeof name, "decoder_l%zu", i + 1);
    return read_self_layer(r, c, name, layer) &&
           read_attention(r, name, "context", d, c->decoder_heads, &layer->cross,
                          &layer->cross_norm) &&
           read_ffn(r, name, d, c->decoder_ffn, c->activation, &layer->ffn, &layer->ffn_norm);
}

static bool read_layers(Reader *r, Model *model) {
    const Config *c = &model->config;
    bool ok = model_alloc_layers(model, r->err);
    for (size_t i = 0; ok && i < c->encoder_layers; i++)
        ok = read_encoder_layer(r, c, i, &model->encoder.layers[i]);
    for (size_t i = 0; ok && i < c->decoder_layers; i++)
        ok = read_decoder_layer(r, c, i, &model->decoder.layers[i]);
    return ok;
}

/* ---- embeddings and output ---- */

static bool read_embeddings(Reader *r, Model *model, const MarianTables *tables) {
    const Config *c = &model->config;
    Embedding *source = &model->encoder.embedding, *target = &model->decoder.embedding;
    size_t d = c->d_model;
    *source = (Embedding){.d = d,
                          .max_positions = c->max_positions,
                          .scale = sqrtf((float)d),
                          .sinusoids = SINUSOIDS_TENSOR2TENSOR};
    *target = *source;
    if (!read_weights(r, tables->shared ? "" : "encoder", "Wemb", c->source_vocab, d, false,
                      &source->tokens))
        return false;
    target->tokens = source->tokens;
    return tables->shared ||
           read_weights(r, "decoder", "Wemb", c->target_vocab, d, false, &target->tokens);
}

/* logits = x Eᵀ + b, E the decoder's table or a matrix of its own. */
static bool read_output(Reader *r, Model *model, const MarianTables *tables) {
    static const char layer[] = "decoder_ff_logit_out";
    const Config *c = &model->config;
    size_t d = c->d_model, V = c->target_vocab;
    Linear *output = &model->decoder.output;
    if (!tables->tied) return read_linear(r, layer, "W", "b", d, V, output);
    *output = (Linear){.n_in = d, .n_out = V, .weight = model->decoder.embedding.tokens};
    output->bias = read_vector(r, layer, "b", V);
    return output->bias != NULL;
}

/* none_QuantMultA is what Marian calls the multiplier of something without a name. */
static bool check_all_used(Reader *r) {
    skip_multiplier(r, "none");
    for (size_t i = 0; i < r->file->n; i++)
        if (!r->file->tensors[i].used)
            return error_set(r->err, "%s: unexpected tensor %s", r->file->path,
                             r->file->tensors[i].name);
    return true;
}

static bool read_settings(Reader *r, Config *config, MarianTables *tables) {
    MarianTensor *tensor = marian_bin_find(r->file, settings_name);
    if (!tensor || tensor->type != MARIAN_INT8)
        return error_set(r->err, "%s: no text %s", r->file->path, settings_name);
    tensor->used = true;
    Buffer name = {0};
    buffer_format(&name, "%s: %s", r->file->path, settings_name);
    const char *kept = buffer_ok(&name, "a path", r->err)
                           ? arena_string(r->arena, name.data, name.size, r->err)
                           : NULL;
    buffer_free(&name);
    const char *text = (const char *)tensor->data;
    size_t length = tensor->n_elements;
    while (length && text[length - 1] == '\0') length--;
    Yaml yaml;
    return kept && yaml_parse(kept, text, length, &yaml, r->arena, r->err) &&
           marian_config_read(&yaml, config, tables, r->err);
}

static bool read_model(const char *path, Model *model, Error *err) {
    Reader reader = {&model->marian, &model->arena, model->precision, 0, err};
    MarianTables tables = {0};
    bool ok = marian_bin_open(path, &model->marian, &model->arena, err) &&
              read_settings(&reader, &model->config, &tables) &&
              arena_reserve(&model->arena, model->marian.file.size, "weights", err) &&
              read_embeddings(&reader, model, &tables) && read_output(&reader, model, &tables) &&
              read_layers(&reader, model) && check_all_used(&reader);
    model->n_parameters = reader.n_parameters;
    return ok;
}

/* ---- the files of a directory ---- */

static bool matches(const char *name, const char *prefix, const char *suffix) {
    size_t n = strlen(name), n_prefix = strlen(prefix), n_suffix = strlen(suffix);
    return n >= n_prefix + n_suffix && memcmp(name, prefix, n_prefix) == 0 &&
           strcmp(name + n - n_suffix, suffix) == 0;
}

/* *path becomes DIRECTORY/PREFIX*SUFFIX in the arena, NULL if there is none; two are an error. */
static bool find_file(const char *directory, const char *prefix, const char *suffix,
                      const char **path, Arena *arena, Error *err) {
    *path = NULL;
    DIR *entries = opendir(directory);
    if (!entries) return error_set(err, "%s: %s", directory, strerror(errno));
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(entries)) != NULL;) {
        if (!matches(entry->d_name, prefix, suffix)) continue;
        if (*path)
            ok = error_set(err, "%s: there is also %s, expected one %s*%s", *path, entry->d_name,
                           prefix, suffix);
        else
            ok = (*path = file_path(directory, entry->d_name, arena, err)) != NULL;
    }
    closedir(entries);
    return ok;
}

bool firefox_is_here(const char *directory) {
    const char *path;
    Arena arena = {0};
    Error err;
    bool found = !find_file(directory, "model", ".bin", &path, &arena, &err) || path;
    arena_free(&arena);
    return found;
}

static bool load_tokenizer(const char *directory, Model *model, Error *err) {
    const Config *c = &model->config;
    Arena *arena = &model->arena;
    const char *shared, *source, *target;
    if (!find_file(directory, "vocab", ".spm", &shared, arena, err) ||
        !find_file(directory, "srcvocab", ".spm", &source, arena, err) ||
        !find_file(directory, "trgvocab", ".spm", &target, arena, err))
        return false;
    if (shared) source = target = shared;
    if (!source || !target)
        return error_set(err,
                         "%s: no vocabulary, expected vocab*.spm, or srcvocab*.spm and "
                         "trgvocab*.spm",
                         directory);
    return tokenizer_load_spm(source, c->source_vocab, shared ? NULL : target, c->target_vocab,
                              &model->tokenizer, arena, err);
}

/* Ids that the settings do not name: they are those of the target's vocabulary. Like Marian, a
   translation never says <unk>. */
static bool set_special_ids(Model *model, Error *err) {
    Config *c = &model->config;
    if (c->source_vocab != c->target_vocab &&
        model->tokenizer.source.pieces == model->tokenizer.target.pieces)
        return error_set(err, "%s: one vocabulary for models of %zu and %zu pieces",
                         model->marian.path, c->source_vocab, c->target_vocab);
    c->eos = model->tokenizer.target.eos;
    c->pad = c->start = c->forced_eos = -1;
    c->banned = arena_array(&model->arena, 1, sizeof *c->banned, "banned ids", err);
    if (!c->banned) return false;
    c->banned[c->n_banned++] = model->tokenizer.target.unknown;
    return true;
}

static bool load_shortlist(const char *directory, Model *model, Error *err) {
    const char *path;
    if (!find_file(directory, "lex", ".bin", &path, &model->arena, err)) return false;
    if (!path) return true;
    model->has_shortlist = true;
    return shortlist_open(path, model->config.source_vocab, model->config.target_vocab,
                          model->tokenizer.source.pieces == model->tokenizer.target.pieces,
                          &model->shortlist, err);
}

/* A number of Marian's decoding settings; *out stays if it is not there. */
static bool read_number(const Yaml *yaml, const char *key, double *out, Error *err) {
    const char *text = yaml_text(yaml, key, "", err);
    if (!text || !*text) return text != NULL;
    return (number_parse(text, out) && *out >= 0.0 && *out <= 1000.0) ||
           error_set(err, "%s: \"%s\" is %s, expected a number from 0 to 1000", yaml->name, key,
                     text);
}

/* Firefox ranks beams by log-probability a token, and so does this without a file that says else. */
static bool read_decoding(const char *directory, Model *model, Error *err) {
    const char *path;
    MappedFile file;
    Yaml yaml;
    double length_penalty = 1.0;
    model->config.length_penalty = 1.0F;
    if (!find_file(directory, "config", ".yml", &path, &model->arena, err)) return false;
    if (!path) return true;
    if (!file_map(path, &file, err)) return false;
    bool ok = yaml_parse(path, (const char *)file.data, file.size, &yaml, &model->arena, err) &&
              read_number(&yaml, "max-length-factor", &model->config.length_factor, err) &&
              read_number(&yaml, "normalize", &length_penalty, err);
    file_unmap(&file);
    model->config.length_penalty = (float)length_penalty;
    return ok;
}

/* The directory of a file in the arena. */
static const char *directory_of(const char *path, Arena *arena, Error *err) {
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return arena_string(arena, path, slash == path ? 1 : (size_t)(slash - path), err);
}

bool firefox_load(const char *path, bool is_directory, Model *model, Error *err) {
    const char *directory = path, *weights = NULL;
    Arena *arena = &model->arena;
    if (is_directory) {
        if (!find_file(directory, "model", ".bin", &weights, arena, err)) return false;
    } else {
        directory = directory_of(path, arena, err);
        weights = directory ? arena_string(arena, path, strlen(path), err) : NULL;
    }
    return weights && read_model(weights, model, err) && load_tokenizer(directory, model, err) &&
           set_special_ids(model, err) && read_decoding(directory, model, err) &&
           load_shortlist(directory, model, err);
}
