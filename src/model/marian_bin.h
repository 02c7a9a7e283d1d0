/* marian_bin.h: the container that Marian's binary models come in

       u64 version (1), u64 n
       n × { u64 length of the name with its NUL, u64 type, u64 rank, u64 bytes of data }
       the n names, the n shapes (an i32 a dimension), u64 length of a padding, the padding
       the data of the n tensors, in the same order, to the end of the file

   all little-endian. Data is padded to 256 bytes, but for text. Types:

       0x0404  f32
       0x0101  int8; only `special:model.yml`, the configuration as YAML text, has it
       0x4101  intgemm8: the elements q as int8, and behind the last one f32 multiplier m: w = q / m

   A matrix says [in][out], and so it lies there if it is f32. An intgemm8 matrix says the same but
   lies as [out][in], which is what Linear wants; embedding tables lie as they say, [V][d].

   A file that passes the checks here can be read without another look at its bounds. Source:
   marian-dev, src/common/binary.cpp. Types packed for one kind of processor are refused by number. */
#ifndef XATTN_MARIAN_BIN_H
#define XATTN_MARIAN_BIN_H

#include <stdint.h>

#include "base/arena.h"
#include "base/file.h"
#include "nn/weights.h"

typedef enum { MARIAN_F32 = 0x0404, MARIAN_INT8 = 0x0101, MARIAN_INTGEMM8 = 0x4101 } MarianType;

enum { MARIAN_MAX_RANK = 4 };

typedef struct {
    const char *name;  // in the mapped file
    MarianType type;
    size_t rank, shape[MARIAN_MAX_RANK];
    size_t n_elements, n_bytes;
    const unsigned char *data;  // [n_bytes] in the mapped file, of any alignment
    bool used;                  // some part of the model has asked for it
} MarianTensor;

typedef struct {
    const char *path;  // for error messages
    MappedFile file;
    MarianTensor *tensors;  // [n] sorted by name
    size_t n;
} MarianBin;

/* Maps the file and checks its tables whole. The table of tensors lies in the arena; the caller
   calls marian_bin_close when nothing points into the file any more, also after a failure. `path`
   is kept. */
bool marian_bin_open(const char *path, MarianBin *bin, Arena *arena, Error *err);
void marian_bin_close(MarianBin *bin);

/* The tensor of that name, or NULL. */
MarianTensor *marian_bin_find(const MarianBin *bin, const char *name);

/* "f32" */
const char *marian_type_name(MarianType type);

/* The elements as floats in the order they lie in: in the file if they are f32 and aligned, else
   dequantised, or copied, into the arena. NULL if out of memory. */
const float *marian_tensor_floats(const MarianTensor *tensor, Arena *arena, Error *err);

/* A matrix of n_rows x n_cols as weights of that precision: in the file if they can be used there,
   else in the arena; an intgemm8 one that stays int8 has the same scale in every row. `turned`: it
   says [n_cols][n_rows], and is turned around if it lies so as well. False if out of memory. */
bool marian_tensor_weights(const MarianTensor *tensor, size_t n_rows, size_t n_cols, bool turned,
                           Precision precision, Weights *weights, Arena *arena, Error *err);

#endif
