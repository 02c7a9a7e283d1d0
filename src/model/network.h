/* network.h: looking up the network's weights by name

   One loop over the layers serves every format. Formats differ only in their table of tensors
   (tensors.h) and their names (naming.h). Every tensor must have the shape that the config implies, and
   an unused tensor is an error. */
#ifndef XATTN_NETWORK_H
#define XATTN_NETWORK_H

#include "model/model.h"
#include "model/naming.h"

/* The state of reading weights. */
typedef struct {
    Tensors *tensors;
    const Naming *naming;
    Arena *arena;
    Precision precision;
    size_t n_parameters;  // the number of elements read so far
    Error *err;
} WeightReader;

/* Makes a reader of the model's tensors. */
WeightReader network_reader(Model *model, const Naming *naming, Error *err);

/* Reads the tensor with this name and shape as floats. NULL with an error if there is none. */
const float *network_floats(WeightReader *r, const char *name, size_t rank, const size_t *shape);

/* Reads a matrix [n_rows][n_cols], which may be stored transposed (`turned`). */
bool network_weights(WeightReader *r, const char *name, size_t n_rows, size_t n_cols, bool turned,
                     Weights *weights);

/* The same for an embedding table that is no output layer: it stays in the file. */
bool network_rows(WeightReader *r, const char *name, size_t n_rows, size_t n_cols,
                  Weights *weights);

/* Makes the screen of the decoder's output layer, which has been read from tensor `name`, unless the
   layer is int8. */
bool network_screen(WeightReader *r, const char *name, bool turned, Decoder *decoder);

/* Reads a layer with the names PREFIX + `names`, in the layout of the format. */
bool network_linear(WeightReader *r, const char *prefix, PairNames names, size_t n_in, size_t n_out,
                    Linear *linear);

/* Reads all layers of the encoder and the decoder, with the number and sizes of the model's config. */
bool network_layers(WeightReader *r, Model *model);

/* Makes room for all the weights at once. What tables in the file do not need serves later arrays. */
bool network_reserve(WeightReader *r);

/* False if a tensor is unused. */
bool network_all_used(WeightReader *r);

#endif
