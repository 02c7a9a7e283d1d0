/* model.h: a model in memory, from files of any format

   A model has a config (numbers) and weights (const, in the structs of nn/). The state of a decode is
   separate; every batch makes its own. */
#ifndef XATTN_MODEL_H
#define XATTN_MODEL_H

#include "model/config.h"
#include "model/shortlist.h"
#include "model/tensors.h"
#include "nn/decoder.h"
#include "nn/encoder.h"
#include "text/tokenizer.h"

typedef struct {
    const char *path;      // for messages
    const char *format;    // "Hugging Face MarianMT"
    const char *settings;  // the file with Marian's decoding settings; NULL: none
    Config config;
    Tokenizer tokenizer;
    Encoder encoder;
    Decoder decoder;
    size_t n_parameters;
    Precision precision;  // as requested

    Tensors tensors;     // the mapped weights, and their names and shapes
    bool has_shortlist;  // only in Firefox's models
    Shortlist shortlist;
    Arena arena;  // holds everything else
} Model;

/* Loads the model at `path`: a directory of either kind (hf_marian.h, marian_folder.h), or a file of
   weights in one (locate.h). `precision` is the type of its weights in memory. On success the caller
   frees *model with model_free, which accepts NULL. */
bool model_load(const char *path, Precision precision, Model **model, Error *err);
void model_free(Model *model);

/* Limits each sentence of a batch to its candidates from the shortlist. Sentence s has the ids
   offsets[s] … offsets[s + 1] - 1. Does nothing in a model without a shortlist. */
bool model_apply_shortlist(const Model *model, const int *ids, const size_t *offsets,
                           size_t n_sentences, DecoderState *state, Error *err);

/* For readers: allocates the layers that the config describes, in the model's arena. */
bool model_alloc_layers(Model *model, Error *err);

/* The most source pieces, and the most target pieces, with </s>. */
size_t model_source_limit(const Model *model);
size_t model_target_limit(const Model *model);

/* The number of target pieces that may be generated: all but the banned ones. */
size_t model_choices(const Model *model);

/* The most source pieces of an uncut sentence, with </s>: config.split_length or 128, limited to what
   the model can read. A model can read longer sentences than it translates well: if a sentence is
   longer than almost all sentences of its training, its translation loses words. */
size_t model_split_limit(const Model *model);

#endif
