#include "model/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/hf_marian.h"
#include "model/listing.h"
#include "model/marian_files.h"
#include "model/marian_folder.h"
#include "nn/kernels/kernels.h"
#include "nn/matrix.h"

/* A directory of a model of Marian's own has its weights and no config.json. */
static bool is_marian(const char *directory) {
    Listing listing;
    Arena arena = {0};
    Error ignored;
    bool found = listing_read(directory, &listing, &arena, &ignored) &&
                 !listing_has(&listing, "config.json") && marian_files_are_here(&listing);
    arena_free(&arena);
    return found;
}

/* A file of weights, in its directory. */
static bool load_file(const char *path, Model *model, Error *err) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *directory = ".";
    if (slash)
        directory =
            arena_string(&model->arena, path, slash == path ? 1 : (size_t)(slash - path), err);
    return directory && marian_folder_load(directory, name, model, err);
}

bool model_load(const char *path, Precision precision, Model **out, Error *err) {
    struct stat info;
    *out = NULL;
    if (stat(path, &info) != 0) return error_system(err, path, errno);
    bool is_directory = S_ISDIR(info.st_mode);
    if (!matrix_prepare(err) || !kernels_check(err)) return false;
    Model *model = calloc(1, sizeof *model);
    if (!model) return error_memory(err, sizeof *model, "a model");
    model->precision = precision;
    bool ok = !is_directory     ? load_file(path, model, err)
              : is_marian(path) ? marian_folder_load(path, NULL, model, err)
                                : hf_marian_load(path, model, err);
    ok = ok && (model->path = arena_string(&model->arena, path, strlen(path), err));
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

/* max_length counts the start symbol, and one position is needed a piece. */
size_t model_target_limit(const Model *model) {
    size_t limit = model->config.max_length - 1, positions = model->config.max_positions;
    return limit < positions ? limit : positions;
}
