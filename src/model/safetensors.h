/* safetensors.h: the container that Hugging Face weights come in

       u64 little-endian N, N bytes of JSON, then the data
       {"NAME": {"dtype": "F16", "shape": [8000, 256], "data_offsets": [begin, end]}, …}

   Offsets count from the end of the header. The tensors must cover the data without holes or
   overlaps, so a file that passes the checks here can be read without another look at its bounds.
   F32, F16 and BF16 are read.

   "__metadata__" is a map of strings. safetensors.torch.save_model stores a tensor that a model
   has under several names once, and there "OTHER NAME": "NAME" for each of the others: they become
   tensors too, of the same data.

   Source: the safetensors README, "Format", and bindings/python/py_src/safetensors/torch.py. */
#ifndef XATTN_SAFETENSORS_H
#define XATTN_SAFETENSORS_H

#include "model/tensors.h"

/* Adds the tensors of a file (a TensorsReader). */
bool safetensors_read(const char *path, Tensors *tensors, Arena *arena, Error *err);

#endif
