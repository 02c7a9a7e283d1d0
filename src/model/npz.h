/* npz.h: NumPy's archives of arrays, the format of models that Marian trains

   A ZIP archive (zip.h) with an entry NAME.npy for each array:

       \x93NUMPY, u8 major, u8 minor, u16 (u32 from version 2 on) N, N bytes of header, the data
       {'descr': '<f4', 'fortran_order': False, 'shape': (512, 2048), }

   The header is a Python literal: this dict, with its keys in any order. Types are <f4, <f2, and i1 or
   u1 for text. Arrays must be stored row by row. Other types are refused, including objects, which are
   pickles.

   Source: NumPy, "A simple file format for NumPy arrays" (NEP 1). */
#ifndef XATTN_NPZ_H
#define XATTN_NPZ_H

#include "model/tensors.h"

/* Adds the tensors of a file (a TensorsReader). */
bool npz_read(const char *path, Tensors *tensors, Arena *arena, Error *err);

#endif
