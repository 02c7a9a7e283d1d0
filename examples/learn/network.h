/* network.h: the encoder and decoder of docs/MODEL.md, with weights that can be changed

   One array has all weights, and a table says what lies where, under the names of model.safetensors: it
   is all that the optimizer, the writer of files and the tests need to know. To compute there are the
   library's own Encoder and Decoder, whose layers have copies that are packed for the processor
   (nn/weights.h): whoever changes weights packs them again. */
#ifndef LEARN_NETWORK_H
#define LEARN_NETWORK_H

#include "nn/decoder.h"
#include "nn/encoder.h"

typedef struct {
    size_t vocab, d, heads, ffn, encoder_layers, decoder_layers;
    Activation activation;
} NetworkShape;

/* What can be taken away, or added, to see what it is good for. */
typedef struct {
    bool no_positions;  // P is all zeros
    bool no_residual;   // LayerNorm(sub-layer(x)) instead of LayerNorm(x + sub-layer(x))
    bool no_scaling;    // scores are q kᵀ instead of q kᵀ / √dh
    bool mean_memory;   // every position of the memory is the mean of all
    float guided;  // weight of the loss that tells head 0 of the last layer where to look; 0: none
} Experiment;

/* One tensor of weights. */
typedef struct {
    char name[96];
    size_t rank, shape[2], size;
    float *values;  // [size]
    float pace;     // 1; how long the optimizer's steps are, compared with others
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

/* Lays out a network whose weights are all 0. It lies in the arena, but for what network_free frees;
   false if memory runs out. */
bool network_make(Network *net, NetworkShape shape, Experiment experiment, Arena *arena,
                  Error *err);
void network_free(Network *net);

/* Gives the layers the weights as they are now. False if out of memory. */
bool network_pack(Network *net, Error *err);

/* Weights to start from: uniformly random, so that what goes in with variance 1 comes out with about 1
   (Glorot & Bengio 2010); biases 0, gains 1. */
void network_initialise(Network *net, unsigned seed);

#endif
