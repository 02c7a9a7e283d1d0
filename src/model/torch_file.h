/* torch_file.h: the file that torch.save writes of a state dict (pytorch_model.bin)

   Since PyTorch 1.6 it is a ZIP archive (zip.h):

       NAME/data.pkl     a pickle (pickle.h) of names and tensors, whose numbers are elsewhere
       NAME/data/KEY     the numbers of a storage, as they lie in memory
       NAME/byteorder    "little"; may be absent

   Before, five pickles and then the storages follow each other in the file: a magic number, the
   protocol (1001), facts about the machine, the state dict, the list of storages' keys; then of each
   of these storages a u64 number of elements and the elements.

   A tensor is a part of a storage: an offset, a shape and strides. Several tensors may share one, as
   tied weights do. F32, F16 and BF16 are read, stored row by row. Nothing in the pickle is run.

   Source: PyTorch, torch/serialization.py and torch/_utils.py. */
#ifndef XATTN_TORCH_FILE_H
#define XATTN_TORCH_FILE_H

#include "model/tensors.h"

/* Whether the file begins as either format does. */
bool torch_file_is(const MappedFile *file);

/* Adds the tensors of a file (a TensorsReader). */
bool torch_file_read(const char *path, Tensors *tensors, Arena *arena, Error *err);

#endif
