/* torch_file.h: the file that torch.save writes for a state dict (pytorch_model.bin)

   Since PyTorch 1.6 it is a ZIP archive (zip.h):

       NAME/data.pkl     a pickle (pickle.h) of names and tensors, without their numbers
       NAME/data/KEY     the numbers of a storage, as in memory
       NAME/byteorder    "little"; may be missing

   Older files have five pickles, followed by the storages: a magic number, the protocol (1001), facts
   about the machine, the state dict, and the list of the storages' keys; then for each of these a u64
   number of elements, and the elements.

   A tensor is a part of a storage: an offset, a shape and strides. Several tensors may share a storage,
   as tied weights do. Types are F32, F16 and BF16, stored row by row; a matrix may be stored column by
   column. Nothing in the pickle is run.

   Source: PyTorch, torch/serialization.py and torch/_utils.py. */
#ifndef XATTN_TORCH_FILE_H
#define XATTN_TORCH_FILE_H

#include "model/tensors.h"

/* Whether the file begins like one of the formats. */
bool torch_file_is(const MappedFile *file);

/* Adds the tensors of a file (a TensorsReader). */
bool torch_file_read(const char *path, Tensors *tensors, Arena *arena, Error *err);

#endif
