/* model.h: a model in memory, whichever files it came from

   Three kinds of data are kept apart: the config (numbers), the weights (const, in the network's own
   structs, see nn/), and the state of a decode, which is not here but made a batch. */
#ifndef XATTN_MODEL_H
#define XATTN_MODEL_H

#include "model/config.h"
#include "model/shortlist.h"
#include "model/tensors.h"
#include "nn/decoder.h"
#include "nn/encoder.h"
#include "text/tokenizer.h"

typedef struct {
    const char *path;      // where it came from, for messages
    const char *format;    // "Hugging Face MarianMT"
    const char *settings;  // the file with Marian's decoding settings; NULL: none
    Config config;
    Tokenizer tokenizer;
    Encoder encoder;
    Decoder decoder;
    size_t n_parameters;
    Precision precision;  // as asked for

    Tensors tensors;     // the mapped weights, and their names and shapes
    bool has_shortlist;  // only a Firefox model
    Shortlist shortlist;
    Arena arena;  // all the rest
} Model;

/* Loads the model at `path`: a directory of either kind (hf_marian.h, marian_folder.h), told apart by
   what is there, or a file of weights in one (locate.h). Its weights become what `precision` says. On
   success *model is the caller's, to free with model_free, which accepts NULL. */
bool model_load(const char *path, Precision precision, Model **model, Error *err);
void model_free(Model *model);

/* Limits the decode of a batch to the shortlist's candidates, a sentence at a time: sentence s has
   the ids offsets[s] … offsets[s + 1] - 1. Does nothing in a model without a shortlist. */
bool model_apply_shortlist(const Model *model, const int *ids, const size_t *offsets,
                           size_t n_sentences, DecoderState *state, Error *err);

/* For readers: the layers that the config asks for, empty, in the model's arena. */
bool model_alloc_layers(Model *model, Error *err);

/* Most source pieces, and most target pieces, </s> included. */
size_t model_source_limit(const Model *model);
size_t model_target_limit(const Model *model);

/* Most source pieces of a sentence that is not to be cut, </s> included: config.split_length or 128, and
   no more than it can read. Models read more than they translate well: what is longer than nearly all
   that they were trained on loses words. */
size_t model_split_limit(const Model *model);

#endif
