/* checkpoint.h: the files that the weights of a Hugging Face directory are in

       model.safetensors                     safetensors.h
       model.safetensors.index.json          several of them
       pytorch_model.bin                     torch_file.h
       pytorch_model.bin.index.json          several of them

   The first of these that exists is read, as in transformers. An index is

       {"metadata": {…}, "weight_map": {"NAME": "FILE", …}}

   Its files are in the same directory, and every tensor must be in the file that the index gives. */
#ifndef XATTN_CHECKPOINT_H
#define XATTN_CHECKPOINT_H

#include "model/listing.h"
#include "model/tensors.h"

/* Whether a directory holds one of these. */
bool checkpoint_is_here(const Listing *listing);

/* Opens the weights of a directory; or, with a path, that file of it. The caller closes the tensors,
   also after a failure. */
bool checkpoint_open(const char *directory, const char *path, Tensors *tensors, Arena *arena,
                     Error *err);

#endif
