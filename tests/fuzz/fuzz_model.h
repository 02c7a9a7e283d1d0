/* fuzz_model.h: the tiny models of the targets that load a whole one */
#ifndef XATTN_FUZZ_MODEL_H
#define XATTN_FUZZ_MODEL_H

#include <math.h>

#include "fuzz.h"
#include "model/tensors.h"
#include "tiny_firefox.h"
#include "tiny_model.h"
#include "xattn.h"

/* Directories, as small as models can be: their files are seeds, and small ones are changed best. */
static inline char *fuzz_small_marian(void) {
    TinyModel options = tiny_model_default();
    options.d = 4;
    options.heads = 2;
    options.ffn = 3;
    options.encoder_layers = options.decoder_layers = 1;
    options.source_vocab = 40;
    options.max_positions = options.max_length = 16;
    return tiny_model_write(&options);
}

static inline char *fuzz_small_firefox(void) {
    TinyFirefox options = tiny_firefox_default();
    options.d = 4;
    options.heads = 2;
    options.ffn = 3;
    options.encoder_layers = options.decoder_layers = 1;
    options.source_vocab = options.target_vocab = 40;
    options.shortlist = true;
    return tiny_firefox_write(&options);
}

static inline char *fuzz_small_opus(void) {
    TinyFirefox options = tiny_firefox_default();
    options.d = 4;
    options.heads = 2;
    options.ffn = 3;
    options.encoder_layers = options.decoder_layers = 1;
    options.source_vocab = options.target_vocab = 40;
    options.floats = options.attention = true;
    return tiny_opus_write(&options);
}

/* Opens a file of weights; if it is accepted, every element can be read. */
static inline void fuzz_read_tensors(const char *path, TensorsReader *read) {
    Tensors file;
    Arena arena = {0};
    Error err = {0};
    if (tensors_open(path, read, &file, &arena, &err)) {
        for (size_t i = 0; i < file.n; i++) {
            const Tensor *tensor = tensors_find(&file, file.tensors[i].name);
            require(tensor == &file.tensors[i]);
            const float *values = tensor_floats(tensor, &arena, &err);
            require(values);
            float sum = 0.0F;
            for (size_t k = 0; k < tensor->n_elements; k++) sum += values[k];
            (void)isfinite(sum);
        }
    } else {
        require(strstr(err.text, path));
    }
    tensors_close(&file);
    arena_free(&arena);
}

/* Loads the model with its weights as they are, as floats or as int8, which `pick` decides, and
   translates with it if it loads: either may fail, with an error. */
static inline void fuzz_use_model(const char *path, size_t pick) {
    static const xattn_weights ways[] = {XATTN_AS_STORED, XATTN_F32, XATTN_INT8};
    const char *texts[] = {"a b", "", "c\xEF\xBF\xBD"};
    const xattn_options options = {XATTN_OPTIONS, .max_length = 4, .scores = true,
                                   .attention = true};
    xattn_translation *results[3];
    xattn_error error = {.text = ""};
    xattn_model *model = xattn_open(
        path, &(xattn_open_options){XATTN_OPEN_OPTIONS, .weights = ways[pick % 3]}, &error);
    if (model && xattn_translate(model, texts, 3, &options, results, &error)) {
        for (size_t i = 0; i < 3; i++) {
            require(results[i]->text && results[i]->target.n <= 4);
            xattn_translation_free(results[i]);
        }
    } else {
        require(error.text[0]);
    }
    xattn_close(model);
}

#endif
