/* model.h: a model in memory, whichever files it came from

   Three kinds of data are kept apart: the config (numbers), the weights (const, in the network's own
   structs, see nn/), and the state of a decode, which is not here but made a batch. */
#ifndef XATTN_MODEL_H
#define XATTN_MODEL_H

#include "model/config.h"
#include "model/safetensors.h"
#include "nn/decoder.h"
#include "nn/encoder.h"
#include "text/tokenizer.h"

typedef struct {
    Config config;
    Tokenizer tokenizer;
    Encoder encoder;
    Decoder decoder;
    size_t n_parameters;

    Safetensors file;  // the mapped weights, and their names and shapes
    Arena arena;       // all the rest
} Model;

/* Loads the model at `path`. On success *model is the caller's, to free with model_free, which
   accepts NULL. */
bool model_load(const char *path, Model **model, Error *err);
void model_free(Model *model);

/* Most source pieces, and most target pieces, </s> included. */
size_t model_source_limit(const Model *model);
size_t model_target_limit(const Model *model);

#endif
