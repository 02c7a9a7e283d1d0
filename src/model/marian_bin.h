/* marian_bin.h: the container of Marian's binary models

       u64 version (1), u64 n
       n × { u64 length of the name with its NUL, u64 type, u64 rank, u64 bytes of data }
       the n names, the n shapes (an i32 a dimension), u64 length of a padding, the padding
       the data of the n tensors, in the same order, to the end of the file

   All numbers are little-endian. Data is padded to 256 bytes, except text. Types:

       0x0404  f32
       0x0101  int8; only `special:model.yml`, the configuration as YAML text, has it
       0x4101  intgemm8: tensors.h

   A matrix has the shape [in][out]. An f32 matrix is stored like this. An intgemm8 matrix is stored
   transposed, as [out][in], the order of Linear. Embedding tables are stored as [V][d], their shape.

   A file that passes the checks needs no further checks of bounds. Types that are packed for a kind of
   processor are refused by number. Source: marian-dev, src/common/binary.cpp. */
#ifndef XATTN_MARIAN_BIN_H
#define XATTN_MARIAN_BIN_H

#include "model/tensors.h"

enum { MARIAN_F32 = 0x0404, MARIAN_INT8 = 0x0101, MARIAN_INTGEMM8 = 0x4101 };

/* Adds the tensors of a file (a TensorsReader). */
bool marian_bin_read(const char *path, Tensors *tensors, Arena *arena, Error *err);

#endif
