/* config.h: the numbers that a model's files declare

   They come from config.json and generation_config.json (settings.h, generation.h). A setting that
   xattn does not support (another kind of model, norm before the sub-layers, gelu …) is an error that
   names it, never a wrong result. */
#ifndef XATTN_CONFIG_H
#define XATTN_CONFIG_H

#include "base/arena.h"
#include "model/generation.h"
#include "nn/cache.h"

typedef struct {
    size_t layer, head;  // counted from 0
} HeadIndex;

typedef struct {
    // Shape of the network
    size_t d_model;  // d
    size_t encoder_layers, decoder_layers;
    size_t encoder_heads, decoder_heads;  // h; each divides d
    size_t encoder_ffn, decoder_ffn;      // f
    size_t source_vocab, target_vocab;    // V
    size_t max_positions;                 // most tokens of a sentence, on either side
    Activation activation;
    bool scale_embedding;   // E[id] · √d instead of E[id]
    bool separate_vocabs;   // an embedding table and a vocabulary for each side
    SelfKind decoder_self;  // how the decoder reads the target so far
    bool tied_output;       // the output layer's weight is the decoder's embedding table

    // Decoding
    int eos, pad, start;  // ids in the target vocabulary; -1: the model has none
    Generation generation;
    bool has_alignment_head;  // trained to align words
    HeadIndex alignment_head;
    size_t split_length;      // most source pieces of an uncut sentence; 0: the default
    bool lowercase_capitals;  // read text in capitals as small letters (capitals.h)
} Config;

/* Reads DIRECTORY/config.json and, if it exists, generation_config.json. Lists lie in the arena. */
bool config_load(const char *directory, Config *config, Arena *arena, Error *err);

#endif
