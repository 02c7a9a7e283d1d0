#include "model/network.h"

#include <stdio.h>
#include <string.h>

#include "model/shape.h"

enum { MAX_NAME = 160 };

WeightReader network_reader(Model *model, const Naming *naming, Error *err) {
    return (WeightReader){.tensors = &model->tensors,
                          .naming = naming,
                          .arena = &model->arena,
                          .precision = model->precision,
                          .err = err};
}

/* ---- tensors ---- */

/* Finds the tensor with this name and shape, and marks it as used. NULL with an error if there is
   none. */
static const Tensor *find(WeightReader *r, const char *name, size_t rank, const size_t *shape) {
    Tensor *tensor = tensors_find(r->tensors, name);
    char expected[96], found[96];
    shape_text(rank, shape, expected);
    if (!tensor) {
        error_set(r->err, "%s: no tensor %s, expected %s", r->tensors->path, name, expected);
        return NULL;
    }
    if (tensor->rank != rank || memcmp(tensor->shape, shape, rank * sizeof *shape) != 0) {
        error_set(r->err, "%s: tensor %s is %s, the config makes it %s", tensor->file->path, name,
                  shape_text(tensor->rank, tensor->shape, found), expected);
        return NULL;
    }
    if (!tensor->used) r->n_parameters += tensor->n_elements;
    tensor->used = true;
    return tensor;
}

const float *network_floats(WeightReader *r, const char *name, size_t rank, const size_t *shape) {
    const Tensor *tensor = find(r, name, rank, shape);
    return tensor ? tensor_floats(tensor, r->arena, r->err) : NULL;
}

bool network_weights(WeightReader *r, const char *name, size_t n_rows, size_t n_cols, bool turned,
                     Weights *weights) {
    const size_t as_is[] = {n_rows, n_cols}, around[] = {n_cols, n_rows};
    const Tensor *tensor = find(r, name, 2, turned ? around : as_is);
    if (!tensor ||
        !tensor_weights(tensor, n_rows, n_cols, turned, r->precision, weights, r->arena, r->err))
        return false;
    tensor_release(tensor);
    return true;
}

bool network_rows(WeightReader *r, const char *name, size_t n_rows, size_t n_cols,
                  Weights *weights) {
    if (n_cols > WEIGHTS_FILE_COLS) return network_weights(r, name, n_rows, n_cols, false, weights);
    const Tensor *tensor = find(r, name, 2, (size_t[]){n_rows, n_cols});
    StoredWeights *stored = arena_array(r->arena, 1, sizeof *stored, name, r->err);
    if (!tensor || !stored || !tensor_stored(tensor, n_rows, false, stored, r->arena, r->err))
        return false;
    *weights = weights_in_file(stored, r->precision);
    return true;
}

bool network_screen(WeightReader *r, const char *name, bool turned, Decoder *decoder) {
    const Linear *output = &decoder->output;
    const Tensor *tensor = tensors_find(r->tensors, name);
    StoredWeights stored;
    if (output->weight.type == WEIGHTS_INT8) return true;
    if (!tensor_stored(tensor, output->n_out, turned, &stored, r->arena, r->err)) return false;
    decoder->screen = screen_make(output, &stored, r->arena, r->err);
    tensor_release(tensor);
    return decoder->screen != NULL;
}

/* Reads the vector PREFIX SUFFIX. */
static const float *read_vector(WeightReader *r, const char *prefix, const char *suffix, size_t n) {
    char name[MAX_NAME];
    const size_t shape[] = {1, n};
    snprintf(name, sizeof name, "%s%s", prefix, suffix);
    return r->naming->turned ? network_floats(r, name, 2, shape)
                             : network_floats(r, name, 1, shape + 1);
}

bool network_linear(WeightReader *r, const char *prefix, PairNames names, size_t n_in, size_t n_out,
                    Linear *linear) {
    char name[MAX_NAME];
    snprintf(name, sizeof name, "%s%s", prefix, names.weight);
    linear->n_in = n_in;
    linear->n_out = n_out;
    if (!network_weights(r, name, n_out, n_in, r->naming->turned, &linear->weight)) return false;
    linear->bias = names.bias ? read_vector(r, prefix, names.bias, n_out)
                              : arena_floats(r->arena, n_out, "a bias of zero", r->err);
    return linear->bias != NULL;
}

static bool read_norm(WeightReader *r, const char *prefix, PairNames names, size_t d,
                      LayerNorm *norm) {
    norm->d = d;
    norm->epsilon = r->naming->epsilon;
    norm->gain = read_vector(r, prefix, names.weight, d);
    norm->bias = norm->gain ? read_vector(r, prefix, names.bias, d) : NULL;
    return norm->bias != NULL;
}

/* ---- layers ---- */

/* Names a block of layer i, counted from 0: model.encoder.layers.0.self_attn, encoder_l1_self. */
static void name_block(const WeightReader *r, const char *stack, size_t i, const char *block,
                       char name[MAX_NAME]) {
    const Naming *n = r->naming;
    snprintf(name, MAX_NAME, "%s%s%s%zu%s", n->before, stack, n->between, i + n->first, block);
}

static bool read_attention(WeightReader *r, const char *stack, size_t i, const char *block,
                           size_t d, size_t heads, Attention *att, LayerNorm *norm) {
    const Naming *n = r->naming;
    char name[MAX_NAME];
    name_block(r, stack, i, block, name);
    att->heads = heads;
    return network_linear(r, name, n->query, d, d, &att->query) &&
           network_linear(r, name, n->key, d, d, &att->key) &&
           network_linear(r, name, n->value, d, d, &att->value) &&
           network_linear(r, name, n->output, d, d, &att->output) &&
           read_norm(r, name, n->attention_norm, d, norm);
}

static bool read_ffn(WeightReader *r, const char *stack, size_t i, size_t d, size_t f,
                     Activation activation, FeedForward *ffn, LayerNorm *norm) {
    const Naming *n = r->naming;
    char name[MAX_NAME];
    name_block(r, stack, i, n->ffn, name);
    ffn->activation = activation;
    return network_linear(r, name, n->inner, d, f, &ffn->inner) &&
           network_linear(r, name, n->outer, f, d, &ffn->outer) &&
           read_norm(r, name, n->ffn_norm, d, norm);
}

static bool read_ssru(WeightReader *r, const char *stack, size_t i, size_t d, Ssru *ssru,
                      LayerNorm *norm) {
    const Naming *n = r->naming;
    char name[MAX_NAME];
    name_block(r, stack, i, n->ssru, name);
    return network_linear(r, name, n->input, d, d, &ssru->input) &&
           network_linear(r, name, n->forget, d, d, &ssru->forget) &&
           read_norm(r, name, n->ssru_norm, d, norm);
}

static bool read_encoder_layer(WeightReader *r, const Config *c, size_t i, EncoderLayer *layer) {
    static const char stack[] = "encoder";
    size_t d = c->d_model;
    return read_attention(r, stack, i, r->naming->self, d, c->encoder_heads, &layer->self,
                          &layer->self_norm) &&
           read_ffn(r, stack, i, d, c->encoder_ffn, c->activation, &layer->ffn, &layer->ffn_norm);
}

static bool read_decoder_layer(WeightReader *r, const Config *c, size_t i, DecoderLayer *layer) {
    static const char stack[] = "decoder";
    size_t d = c->d_model, heads = c->decoder_heads;
    bool ok = c->decoder_self == SELF_SSRU
                  ? read_ssru(r, stack, i, d, &layer->ssru, &layer->self_norm)
                  : read_attention(r, stack, i, r->naming->self, d, heads, &layer->self,
                                   &layer->self_norm);
    return ok &&
           read_attention(r, stack, i, r->naming->cross, d, heads, &layer->cross,
                          &layer->cross_norm) &&
           read_ffn(r, stack, i, d, c->decoder_ffn, c->activation, &layer->ffn, &layer->ffn_norm);
}

bool network_layers(WeightReader *r, Model *model) {
    const Config *c = &model->config;
    bool ok = model_alloc_layers(model, r->err);
    for (size_t i = 0; ok && i < c->encoder_layers; i++)
        ok = read_encoder_layer(r, c, i, &model->encoder.layers[i]);
    for (size_t i = 0; ok && i < c->decoder_layers; i++)
        ok = read_decoder_layer(r, c, i, &model->decoder.layers[i]);
    return ok;
}

/* ---- all of them ---- */

bool network_reserve(WeightReader *r) {
    size_t n_bytes = 0;
    for (size_t i = 0; i < r->tensors->n; i++)
        n_bytes += tensor_weights_size(&r->tensors->tensors[i], r->naming->turned, r->precision);
    return arena_reserve(r->arena, n_bytes, "weights", r->err);
}

/* Whether the tensor's name is that of a used one plus the ignored suffix, or `none` plus it, because
   Marian calls a missing tensor `none`. */
static bool goes_with_another(const WeightReader *r, const Tensor *tensor) {
    const char *suffix = r->naming->ignored_suffix;
    char name[MAX_NAME];
    size_t n = strlen(tensor->name), n_suffix = suffix ? strlen(suffix) : 0;
    if (!suffix || n < n_suffix || n - n_suffix >= sizeof name) return false;
    if (strcmp(tensor->name + n - n_suffix, suffix) != 0) return false;
    snprintf(name, sizeof name, "%.*s", (int)(n - n_suffix), tensor->name);
    const Tensor *other = tensors_find(r->tensors, name);
    return strcmp(name, "none") == 0 || (other && other->used);
}

bool network_all_used(WeightReader *r) {
    for (size_t i = 0; i < r->tensors->n; i++) {
        const Tensor *tensor = &r->tensors->tensors[i];
        if (!tensor->used && !goes_with_another(r, tensor))
            return error_set(r->err, "%s: unexpected tensor %s", tensor->file->path, tensor->name);
    }
    return true;
}
