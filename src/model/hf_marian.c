#include "model/hf_marian.h"
#include "model/shape.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const float layer_norm_epsilon = 1e-5F;

/* What every look-up needs. */
typedef struct {
    Safetensors *file;
    Arena *arena;
    Precision precision;
    size_t n_parameters;  // elements read so far
    Error *err;
} Reader;

/* The tensor with this name and shape; NULL with an error otherwise. */
static const Tensor *read_tensor(Reader *r, const char *name, size_t rank, const size_t *shape) {
    Tensor *tensor = safetensors_find(r->file, name);
    char expected[96], found[96];
    shape_text(rank, shape, expected);
    if (!tensor) {
        error_set(r->err, "%s: no tensor %s, expected %s", r->file->path, name, expected);
        return NULL;
    }
    if (tensor->rank != rank || memcmp(tensor->shape, shape, rank * sizeof *shape) != 0) {
        error_set(r->err, "%s: tensor %s is %s, the config makes it %s", r->file->path, name,
                  shape_text(tensor->rank, tensor->shape, found), expected);
        return NULL;
    }
    tensor->used = true;
    r->n_parameters += tensor->n_elements;
    return tensor;
}

static const float *read_floats(Reader *r, const char *name, size_t rank, const size_t *shape) {
    const Tensor *tensor = read_tensor(r, name, rank, shape);
    return tensor ? tensor_floats(tensor, r->arena, r->err) : NULL;
}

/* PREFIX.SUFFIX, a vector. */
static const float *read_vector(Reader *r, const char *prefix, const char *suffix, size_t n) {
    char name[160];
    snprintf(name, sizeof name, "%s.%s", prefix, suffix);
    return read_floats(r, name, 1, &n);
}

static bool read_weights(Reader *r, const char *name, size_t rows, size_t cols, Weights *weights) {
    const Tensor *tensor = read_tensor(r, name, 2, (size_t[]){rows, cols});
    if (!tensor || !tensor_weights(tensor, weights, r->arena, r->err) ||
        !weights_convert(weights, rows, cols, r->precision, r->arena, r->err))
        return false;
    if (weights->data != tensor->data)
        file_release(&r->file->file, tensor->data, tensor->n_elements * dtype_size(tensor->dtype));
    return true;
}

static bool read_linear(Reader *r, const char *layer, const char *part, size_t n_in, size_t n_out,
                        Linear *linear) {
    char prefix[128];
    char name[160];
    snprintf(prefix, sizeof prefix, "%s.%s", layer, part);
    snprintf(name, sizeof name, "%s.weight", prefix);
    linear->n_in = n_in;
    linear->n_out = n_out;
    return read_weights(r, name, n_out, n_in, &linear->weight) &&
           (linear->bias = read_vector(r, prefix, "bias", n_out));
}

static bool read_norm(Reader *r, const char *layer, const char *part, size_t d, LayerNorm *norm) {
    char prefix[128];
    snprintf(prefix, sizeof prefix, "%s.%s", layer, part);
    norm->d = d;
    norm->epsilon = layer_norm_epsilon;
    return (norm->gain = read_vector(r, prefix, "weight", d)) &&
           (norm->bias = read_vector(r, prefix, "bias", d));
}

static bool read_attention(Reader *r, const char *layer, const char *part, size_t d, size_t heads,
                           Attention *att) {
    char prefix[96];
    snprintf(prefix, sizeof prefix, "%s.%s", layer, part);
    att->heads = heads;
    return read_linear(r, prefix, "q_proj", d, d, &att->query) &&
           read_linear(r, prefix, "k_proj", d, d, &att->key) &&
           read_linear(r, prefix, "v_proj", d, d, &att->value) &&
           read_linear(r, prefix, "out_proj", d, d, &att->output);
}

static bool read_ffn(Reader *r, const char *layer, size_t d, size_t f, Activation activation,
                     FeedForward *ffn) {
    ffn->activation = activation;
    return read_linear(r, layer, "fc1", d, f, &ffn->inner) &&
           read_linear(r, layer, "fc2", f, d, &ffn->outer);
}

static bool read_encoder_layer(Reader *r, const Config *c, size_t i, EncoderLayer *layer) {
    char name[64];
    snprintf(name, sizeof name, "model.encoder.layers.%zu", i);
    return read_attention(r, name, "self_attn", c->d_model, c->encoder_heads, &layer->self) &&
           read_norm(r, name, "self_attn_layer_norm", c->d_model, &layer->self_norm) &&
           read_ffn(r, name, c->d_model, c->encoder_ffn, c->activation, &layer->ffn) &&
           read_norm(r, name, "final_layer_norm", c->d_model, &layer->ffn_norm);
}

static bool read_decoder_layer(Reader *r, const Config *c, size_t i, DecoderLayer *layer) {
    char name[64];
    snprintf(name, sizeof name, "model.decoder.layers.%zu", i);
    return read_attention(r, name, "self_attn", c->d_model, c->decoder_heads, &layer->self) &&
           read_norm(r, name, "self_attn_layer_norm", c->d_model, &layer->self_norm) &&
           read_attention(r, name, "encoder_attn", c->d_model, c->decoder_heads, &layer->cross) &&
           read_norm(r, name, "encoder_attn_layer_norm", c->d_model, &layer->cross_norm) &&
           read_ffn(r, name, c->d_model, c->decoder_ffn, c->activation, &layer->ffn) &&
           read_norm(r, name, "final_layer_norm", c->d_model, &layer->ffn_norm);
}

/* An embedding but for its token table: older files store the sinusoids, newer ones do not. */
static bool read_positions(Reader *r, const Config *c, const char *name, Embedding *emb) {
    *emb = (Embedding){.d = c->d_model, .max_positions = c->max_positions};
    emb->scale = c->scale_embedding ? sqrtf((float)c->d_model) : 1.0F;
    if (!safetensors_find(r->file, name)) return true;
    emb->positions = read_floats(r, name, 2, (size_t[]){c->max_positions, c->d_model});
    return emb->positions != NULL;
}

/* A tensor that may be stored again under another name: it is not read, but must have the shape. */
static bool check_copy(Reader *r, const char *name, size_t rows, size_t cols) {
    Tensor *copy = safetensors_find(r->file, name);
    char found[96];
    if (!copy) return true;
    copy->used = true;
    return (copy->rank == 2 && copy->shape[0] == rows && copy->shape[1] == cols) ||
           error_set(r->err, "%s: tensor %s is %s, expected a copy of [%zu, %zu]", r->file->path,
                     name, shape_text(copy->rank, copy->shape, found), rows, cols);
}

static bool read_token_tables(Reader *r, const Config *c, Embedding *source, Embedding *target) {
    static const char shared[] = "model.shared.weight",
                      encoder[] = "model.encoder.embed_tokens.weight",
                      decoder[] = "model.decoder.embed_tokens.weight";
    size_t d = c->d_model;
    if (c->separate_vocabs) {
        return read_weights(r, encoder, c->source_vocab, d, &source->tokens) &&
               read_weights(r, decoder, c->target_vocab, d, &target->tokens) &&
               check_copy(r, shared, c->source_vocab, d);
    }
    if (!read_weights(r, shared, c->source_vocab, d, &source->tokens)) return false;
    target->tokens = source->tokens;
    return check_copy(r, encoder, c->source_vocab, d) && check_copy(r, decoder, c->source_vocab, d);
}

/* logits = x Eᵀ + b: the table of the target's embeddings, or a matrix of its own. */
static bool read_output(Reader *r, const Config *c, const Embedding *target, Linear *output) {
    static const char name[] = "lm_head.weight";
    *output = (Linear){.n_in = c->d_model, .n_out = c->target_vocab, .weight = target->tokens};
    output->bias = read_floats(r, "final_logits_bias", 2, (size_t[]){1, c->target_vocab});
    if (!output->bias) return false;
    if (c->tied_output) return check_copy(r, name, c->target_vocab, c->d_model);
    return read_weights(r, name, c->target_vocab, c->d_model, &output->weight);
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

static bool check_all_used(const Safetensors *file, Error *err) {
    for (size_t i = 0; i < file->n; i++)
        if (!file->tensors[i].used)
            return error_set(err, "%s: unexpected tensor %s", file->path, file->tensors[i].name);
    return true;
}

/* Bytes that matrices take which cannot be used where they lie. */
static size_t converted_size(const Reader *r) {
    const size_t line = 64;
    size_t n_bytes = 0;
    for (size_t i = 0; i < r->file->n; i++) {
        const Tensor *t = &r->file->tensors[i];
        bool is_stored =
            t->dtype == DTYPE_F32 || (t->dtype == DTYPE_F16 && r->precision == PRECISION_STORED);
        if (t->rank != 2) continue;
        if (r->precision == PRECISION_INT8)
            n_bytes += weights_packed_size(t->shape[0], t->shape[1]);
        else if (!is_stored)
            n_bytes += (t->n_elements * sizeof(float) + line - 1) / line * line;
    }
    return n_bytes;
}

static bool read_model(Reader *r, Model *model) {
    const Config *c = &model->config;
    Embedding *source = &model->encoder.embedding, *target = &model->decoder.embedding;
    return arena_reserve(r->arena, converted_size(r), "weights", r->err) &&
           read_positions(r, c, "model.encoder.embed_positions.weight", source) &&
           read_positions(r, c, "model.decoder.embed_positions.weight", target) &&
           read_token_tables(r, c, source, target) &&
           read_output(r, c, target, &model->decoder.output) && read_layers(r, model) &&
           check_all_used(r->file, r->err);
}

/* Weights are also published in two ways that are not read here; says what to do about them. */
static bool check_weights_exist(const char *directory, const char *path, Arena *arena, Error *err) {
    static const char *const others[] = {"pytorch_model.bin", "model.safetensors.index.json"};
    if (access(path, F_OK) == 0) return true;
    for (size_t i = 0; i < 2; i++) {
        const char *other = file_path(directory, others[i], arena, err);
        if (!other) return false;
        if (access(other, F_OK) == 0)
            return error_set(err,
                             "%s: this way of storing weights is not supported; in Python, "
                             "MarianMTModel.from_pretrained(DIR).save_pretrained(DIR) writes the "
                             "model.safetensors that is expected",
                             other);
    }
    return error_set(err, "%s: no such file", path);
}

bool hf_marian_load(const char *directory, Model *model, Error *err) {
    Config *c = &model->config;
    Reader reader = {&model->file, &model->arena, model->precision, 0, err};
    if (!config_load(directory, c, &model->arena, err)) return false;
    const char *path = file_path(directory, "model.safetensors", &model->arena, err);
    if (!path || !check_weights_exist(directory, path, &model->arena, err)) return false;
    if (!safetensors_open(path, &model->file, &model->arena, err)) return false;
    if (!read_model(&reader, model)) return false;
    model->n_parameters = reader.n_parameters;
    return tokenizer_load(directory, c->source_vocab, c->separate_vocabs ? c->target_vocab : 0,
                          &model->tokenizer, &model->arena, err);
}
