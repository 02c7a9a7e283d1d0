/* network.h: the network's weights, each looked up by name

   One loop over the layers serves every format; formats differ in their table of tensors (tensors.h)
   and their naming scheme (naming.h). Every tensor must have the shape that the config implies, and
   a tensor that no part of the model uses is an error. */
#ifndef XATTN_NETWORK_H
#define XATTN_NETWORK_H

#include "model/model.h"
#include "model/naming.h"

/* What every look-up needs. */
typedef struct {
    Tensors *tensors;
    const Naming *naming;
    Arena *arena;
    Precision precision;
    size_t n_parameters;  // elements read so far
    Error *err;
} WeightReader;

/* A reader of the model's tensors. */
WeightReader network_reader(Model *model, const Naming *naming, Error *err);

/* The tensor with this name and shape, which counts as used; NULL with an error otherwise. */
const Tensor *network_tensor(WeightReader *r, const char *name, size_t rank, const size_t *shape);

/* The tensor of that name as floats. */
const float *network_floats(WeightReader *r, const char *name, size_t rank, const size_t *shape);

/* A matrix [n_rows][n_cols] that lies so, or turned. */
bool network_weights(WeightReader *r, const char *name, size_t n_rows, size_t n_cols, bool turned,
                     Weights *weights);

/* PREFIX and either name: a layer as the scheme lays it down. */
bool network_linear(WeightReader *r, const char *prefix, PairNames names, size_t n_in, size_t n_out,
                    Linear *linear);

/* All layers of the encoder and of the decoder, as many and as large as the model's config says. */
bool network_layers(WeightReader *r, Model *model);

/* Makes room for all the weights at once. */
bool network_reserve(WeightReader *r);

/* False if there is a tensor that nothing has asked for. */
bool network_all_used(WeightReader *r);

#endif
