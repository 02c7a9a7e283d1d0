/* checkpoint.h: the files with the weights of a Hugging Face directory

       model.safetensors                     safetensors.h
       model.safetensors.index.json          several of them
       pytorch_model.bin                     torch_file.h
       pytorch_model.bin.index.json          several of them

   As in transformers, the first of these that exists counts. An index has the form

       {"metadata": {…}, "weight_map": {"NAME": "FILE", …}}

   Its files are in the same directory, each of the kind that its own name ends in, and every tensor
   must be in the file that the index names. */
#ifndef XATTN_CHECKPOINT_H
#define XATTN_CHECKPOINT_H

#include "model/listing.h"
#include "model/tensors.h"

/* Whether a directory has one of these files. */
bool checkpoint_is_here(const Listing *listing);

/* Opens the weights of a directory, or only the file `path` in it, if that is not NULL. The caller
   closes the tensors, even after a failure. */
bool checkpoint_open(const char *directory, const char *path, Tensors *tensors, Arena *arena,
                     Error *err);

#endif
