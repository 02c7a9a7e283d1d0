#include "model/model.h"

#include <stdlib.h>
#include <string.h>

#include "model/hf_marian.h"
#include "model/locate.h"
#include "model/marian_folder.h"
#include "nn/kernels/kernels.h"
#include "nn/matrix.h"

/* Prepares the sinusoids, which encoder and decoder share. */
static bool prepare_positions(Model *model, Error *err) {
    Embedding *source = &model->encoder.embedding, *target = &model->decoder.embedding;
    bool ok = embedding_prepare(source, &model->arena, err);
    target->near = source->near;
    return ok;
}

bool model_load(const char *path, Precision precision, Model **out, Error *err) {
    Location at;
    *out = NULL;
    if (!matrix_prepare(err) || !kernels_check(err)) return false;
    Model *model = calloc(1, sizeof *model);
    if (!model) return error_memory(err, sizeof *model, "a model");
    model->precision = precision;
    bool ok =
        locate_model(path, &at, &model->arena, err) &&
        (at.is_marian ? marian_folder_load : hf_marian_load)(at.directory, at.weights, model, err);
    ok = ok && prepare_positions(model, err) &&
         (model->path = arena_string(&model->arena, path, strlen(path), err));
    if (!ok) {
        model_free(model);
        return false;
    }
    *out = model;
    return true;
}

void model_free(Model *model) {
    if (!model) return;
    tokenizer_free(&model->tokenizer);
    tensors_close(&model->tensors);
    shortlist_close(&model->shortlist);
    arena_free(&model->arena);
    free(model);
}

bool model_apply_shortlist(const Model *model, const int *ids, const size_t *offsets,
                           size_t n_sentences, DecoderState *state, Error *err) {
    if (!model->has_shortlist) return true;
    Arena work = {0};
    Candidates *all =
        arena_array(&work, n_sentences, sizeof *all, "the candidates of a batch", err);
    bool ok = all != NULL;
    for (size_t s = 0; ok && s < n_sentences; s++) {
        size_t n = offsets[s + 1] - offsets[s];
        all[s].ids = shortlist_candidates(&model->shortlist, ids + offsets[s], n, model->config.eos,
                                          &all[s].n, &work, err);
        ok = all[s].ids != NULL;
    }
    ok = ok && decoder_restrict(state, all, err);
    arena_free(&work);
    return ok;
}

bool model_alloc_layers(Model *model, Error *err) {
    Encoder *encoder = &model->encoder;
    Decoder *decoder = &model->decoder;
    encoder->n_layers = model->config.encoder_layers;
    decoder->n_layers = model->config.decoder_layers;
    decoder->self_kind = model->config.decoder_self;
    encoder->layers =
        arena_array(&model->arena, encoder->n_layers, sizeof *encoder->layers, "layers", err);
    decoder->layers =
        arena_array(&model->arena, decoder->n_layers, sizeof *decoder->layers, "layers", err);
    return encoder->layers && decoder->layers;
}

size_t model_source_limit(const Model *model) { return model->config.max_positions; }

/* max_length counts the start symbol. Every piece needs a position. */
size_t model_target_limit(const Model *model) {
    size_t limit = model->config.generation.max_length - 1, positions = model->config.max_positions;
    return limit < positions ? limit : positions;
}

size_t model_choices(const Model *model) {
    const Generation *g = &model->config.generation;
    size_t n = model->config.target_vocab, n_banned = g->banned.n + g->suppressed.n;
    return n_banned < n ? n - n_banned : 0;
}

enum { USUAL_SPLIT_LENGTH = 128 };  // pieces

size_t model_split_limit(const Model *model) {
    size_t most = model->config.split_length ? model->config.split_length : USUAL_SPLIT_LENGTH;
    return most < model_source_limit(model) ? most : model_source_limit(model);
}
