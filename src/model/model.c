#include "model/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "model/hf_marian.h"
#include "nn/matrix.h"

bool model_load(const char *path, Model **out, Error *err) {
    struct stat info;
    *out = NULL;
    if (stat(path, &info) != 0) return error_set(err, "%s: %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode))
        return error_set(err, "%s: a file, expected the directory of a MarianMT model", path);
    if (!matrix_prepare(err)) return false;
    Model *model = calloc(1, sizeof *model);
    if (!model) return error_memory(err, sizeof *model, "a model");
    if (!hf_marian_load(path, model, err)) {
        model_free(model);
        return false;
    }
    *out = model;
    return true;
}

void model_free(Model *model) {
    if (!model) return;
    tokenizer_free(&model->tokenizer);
    safetensors_close(&model->file);
    arena_free(&model->arena);
    free(model);
}

size_t model_source_limit(const Model *model) { return model->config.max_positions; }

/* max_length counts the start symbol, and one position is needed a piece. */
size_t model_target_limit(const Model *model) {
    size_t limit = model->config.max_length - 1, positions = model->config.max_positions;
    return limit < positions ? limit : positions;
}
