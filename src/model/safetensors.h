/* safetensors.h: the container of Hugging Face weights

       u64 little-endian N, N bytes of JSON, then the data
       {"NAME": {"dtype": "F16", "shape": [8000, 256], "data_offsets": [begin, end]}, …}

   Offsets count from the end of the header. The tensors must cover the data without gaps or overlaps. A
   file that passes the checks needs no further checks of bounds. Types are F32, F16 and BF16.

   "__metadata__" is a map of strings. If a model has a tensor under several names,
   safetensors.torch.save_model stores it once, with an entry "OTHER NAME": "NAME" in the metadata for
   each of the others. These become tensors with the same data.

   Source: the safetensors README, "Format", and bindings/python/py_src/safetensors/torch.py. */
#ifndef XATTN_SAFETENSORS_H
#define XATTN_SAFETENSORS_H

#include "model/tensors.h"

/* Adds the tensors of a file (a TensorsReader). */
bool safetensors_read(const char *path, Tensors *tensors, Arena *arena, Error *err);

#endif
