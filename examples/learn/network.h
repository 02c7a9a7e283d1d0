/* network.h: the encoder and decoder of docs/MODEL.md, with weights that can be changed

   An array has all weights, and a table has the place of each tensor, with its name in
   model.safetensors. The optimizer, the writer of files and the tests need only these. The library's
   own Encoder and Decoder compute; their layers have copies of the weights that are packed for the
   processor (nn/weights.h). After changing weights, pack them again. */
#ifndef LEARN_NETWORK_H
#define LEARN_NETWORK_H

#include "nn/decoder.h"
#include "nn/encoder.h"

typedef struct {
    size_t vocab, d, heads, ffn, encoder_layers, decoder_layers;
    Activation activation;
} NetworkShape;

/* Parts to remove or to add, to see their effect. */
typedef struct {
    bool no_positions;  // P is all zeros
    bool no_residual;   // LayerNorm(sub-layer(x)) instead of LayerNorm(x + sub-layer(x))
    bool no_scaling;    // scores are q kᵀ instead of q kᵀ / √dh
    bool mean_memory;   // every position of the memory is the mean of all
    bool guided;        // a second loss trains where head 0 of the last layer looks
} Experiment;

/* One tensor of weights. */
typedef struct {
    char name[96];
    size_t rank, shape[2], size;
    float *values;  // [size]
    float scale;    // of the initial values and of the optimizer's steps; usually 1
} Parameter;

typedef struct {
    NetworkShape shape;
    Experiment experiment;
    Encoder encoder;
    Decoder decoder;
    size_t n_parameters, n_weights;
    Parameter *parameters;  // [n_parameters], which follow each other in the array
    float *weights;         // [n_weights]
    Arena packed;           // the layers' copies of them
} Network;

enum { MOST_POSITIONS = 64 };  // pieces of a sentence, with </s>

/* Makes a network whose weights are all 0. It lies in the arena, except what network_free frees. False
   if out of memory. */
bool network_make(Network *net, NetworkShape shape, Experiment experiment, Arena *arena,
                  Error *err);
void network_free(Network *net);

/* Packs the current weights into the layers. False if out of memory. */
bool network_pack(Network *net, Error *err);

/* Sets the initial weights: uniformly random, so that an input with variance 1 gives an output with
   variance of about 1 (Glorot & Bengio 2010); biases 0, gains 1. */
void network_initialise(Network *net, unsigned seed);

#endif
