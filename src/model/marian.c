#include "model/marian.h"

#include <math.h>
#include <string.h>

#include "model/listing.h"
#include "model/marian_bin.h"
#include "model/marian_config.h"
#include "model/network.h"
#include "model/npz.h"

static const char settings_name[] = "special:model.yml", positions_name[] = "Wpos";
enum { MOST_POSITIONS = 65536 };

/* Trained positions replace the sinusoids. With them Marian does not scale the tokens. */
static bool read_positions(WeightReader *r, Model *model) {
    Config *c = &model->config;
    Embedding *source = &model->encoder.embedding, *target = &model->decoder.embedding;
    const Tensor *tensor = tensors_find(r->tensors, positions_name);
    size_t n = tensor->rank == 2 ? tensor->shape[0] : 2;
    if (n < 2 || n > MOST_POSITIONS)
        return error_set(r->err, "%s: %s has %zu positions, expected 2 to %d", r->tensors->path,
                         positions_name, n, MOST_POSITIONS);
    source->positions = network_floats(r, positions_name, 2, (size_t[]){n, c->d_model});
    target->positions = source->positions;
    source->scale = target->scale = 1.0F;
    source->max_positions = target->max_positions = c->max_positions = n;
    return source->positions != NULL;
}

static bool read_embeddings(WeightReader *r, Model *model, const MarianTables *tables) {
    const Config *c = &model->config;
    Embedding *source = &model->encoder.embedding, *target = &model->decoder.embedding;
    size_t d = c->d_model;
    *source = (Embedding){.d = d,
                          .max_positions = c->max_positions,
                          .scale = sqrtf((float)d),
                          .sinusoids = SINUSOIDS_TENSOR2TENSOR};
    *target = *source;
    if (tensors_find(r->tensors, positions_name) && !read_positions(r, model)) return false;
    const char *name = tables->shared ? "Wemb" : "decoder_Wemb";
    bool ok = tables->tied ? network_weights(r, name, c->target_vocab, d, false, &target->tokens)
                           : network_rows(r, name, c->target_vocab, d, &target->tokens);
    source->tokens = target->tokens;
    return ok &&
           (tables->shared || network_rows(r, "encoder_Wemb", c->source_vocab, d, &source->tokens));
}

/* logits = x Eᵀ + b, where E is the decoder's table or a separate matrix. */
static bool read_output(WeightReader *r, Model *model, const MarianTables *tables) {
    static const PairNames names = {"_W", "_b"};
    const Config *c = &model->config;
    size_t d = c->d_model, V = c->target_vocab;
    Linear *output = &model->decoder.output;
    if (!tables->tied)
        return network_linear(r, "decoder_ff_logit_out", names, d, V, output) &&
               network_screen(r, "decoder_ff_logit_out_W", r->naming->turned, &model->decoder);
    *output = (Linear){.n_in = d, .n_out = V, .weight = model->decoder.embedding.tokens};
    output->bias = network_floats(r, "decoder_ff_logit_out_b", 2, (size_t[]){1, V});
    return output->bias &&
           network_screen(r, tables->shared ? "Wemb" : "decoder_Wemb", false, &model->decoder);
}

/* PATH: NAME, in the arena. */
static const char *settings_path(const WeightReader *r) {
    Buffer name = {0};
    buffer_format(&name, "%s: %s", r->tensors->path, settings_name);
    const char *kept = buffer_ok(&name, "a path", r->err)
                           ? arena_string(r->arena, name.data, name.size, r->err)
                           : NULL;
    buffer_free(&name);
    return kept;
}

static bool read_settings(WeightReader *r, Config *config, MarianTables *tables) {
    Tensor *tensor = tensors_find(r->tensors, settings_name);
    if (!tensor || tensor->dtype != DTYPE_INT8)
        return error_set(r->err, "%s: no text %s", r->tensors->path, settings_name);
    tensor->used = true;
    const char *name = settings_path(r), *text = (const char *)tensor->data;
    size_t length = tensor->n_elements;
    while (length && text[length - 1] == '\0') length--;
    Yaml yaml;
    return name && yaml_parse(name, text, length, &yaml, r->arena, r->err) &&
           marian_config_read(&yaml, config, tables, r->err);
}

bool marian_load_weights(const char *path, Model *model, Error *err) {
    WeightReader reader = network_reader(model, &naming_marian, err);
    MarianTables tables = {0};
    TensorsReader *read = name_matches(path, "", ".npz") ? npz_read : marian_bin_read;
    bool ok = tensors_open(path, read, &model->tensors, &model->arena, err) &&
              read_settings(&reader, &model->config, &tables) && network_reserve(&reader) &&
              read_embeddings(&reader, model, &tables) && read_output(&reader, model, &tables) &&
              network_layers(&reader, model) && network_all_used(&reader);
    model->n_parameters = reader.n_parameters;
    return ok;
}
