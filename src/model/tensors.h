/* tensors.h: the tensors of a model's files by name, whatever format they came in

   A reader (safetensors.h, torch_file.h, marian_bin.h, npz.h) maps a file, checks it whole and adds
   its tensors here; several files may add to one table. After tensors_sort they are looked up by
   name, compared with the shape that the config asks for, and made weights. Nothing above knows the
   format. */
#ifndef XATTN_TENSORS_H
#define XATTN_TENSORS_H

#include "base/file.h"
#include "nn/weights.h"

/* Types of elements. The last two occur in Marian's files alone:

       int8      text, one byte each: the model's configuration
       intgemm8  the elements q as int8, and behind the last one an f32 multiplier m: w = q / m. A
                 matrix of shape [in][out] is stored as [out][in]; embedding tables as their shape */
typedef enum { DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_INT8, DTYPE_INTGEMM8 } DType;

enum { TENSOR_MAX_RANK = 4 };

/* A file with tensors in it, mapped until tensors_close. */
typedef struct TensorFile {
    const char *path;
    MappedFile mapped;
    struct TensorFile *next;
} TensorFile;

typedef struct {
    const char *name;
    const TensorFile *file;
    DType dtype;
    size_t rank, shape[TENSOR_MAX_RANK];
    size_t n_elements, n_bytes;
    const unsigned char
        *data;  // [n_bytes] of any alignment: in the mapped file, or inflated from it
    bool used;  // some part of the model has asked for it
} Tensor;

typedef struct {
    const char *path;   // of the file, or of the one that lists them; for error messages
    TensorFile *files;  // the last one first
    Tensor *tensors;    // [n]
    size_t n, capacity;
} Tensors;

/* Maps a file and counts it among those to close; it lies in the arena, as its path does. NULL on
   failure. */
const TensorFile *tensors_map(Tensors *tensors, const char *path, Arena *arena, Error *err);

/* Unmaps the files and leaves {0}. Nothing may point into them any more. */
void tensors_close(Tensors *tensors);

/* A new tensor of that file with that name, a scalar until it gets its dimensions. The pointer is
   good until the next call. NULL if out of memory. */
Tensor *tensors_add(Tensors *tensors, const TensorFile *file, const char *name, Arena *arena,
                    Error *err);

/* One dimension more, and what it makes of the number of elements. False, with an error that names
   the tensor, if it is less than 1, the fifth, or makes more elements than 2^53. */
bool tensor_add_dimension(Tensor *tensor, long long size, Error *err);

/* Sorts all by name, for tensors_find. False if two have the same. */
bool tensors_sort(Tensors *tensors, Error *err);

/* A format's reader: maps the file, checks all of it but the numbers, and adds its tensors. */
typedef bool TensorsReader(const char *path, Tensors *tensors, Arena *arena, Error *err);

/* The tensors of one file, sorted. The caller closes them, also after a failure. */
bool tensors_open(const char *path, TensorsReader *read, Tensors *tensors, Arena *arena,
                  Error *err);

/* The tensor of that name, or NULL. */
Tensor *tensors_find(const Tensors *tensors, const char *name);

/* "F32", and the size of an element in bytes, the multiplier of intgemm8 aside. */
const char *dtype_name(DType dtype);
size_t dtype_size(DType dtype);

/* The elements as floats in the order they lie in: where they lie if they are F32 and aligned, else
   widened, dequantised or copied into the arena. NULL if out of memory. */
const float *tensor_floats(const Tensor *tensor, Arena *arena, Error *err);

/* A matrix as weights [n_rows][n_cols] of that precision, packed into the arena; an intgemm8 one that
   stays int8 has the same scale in every row. `turned`: it says [n_cols][n_rows], and is turned around
   if it lies so as well. False if out of memory. */
bool tensor_weights(const Tensor *tensor, size_t n_rows, size_t n_cols, bool turned,
                    Precision precision, Weights *weights, Arena *arena, Error *err);

/* The bytes that tensor_weights takes from the arena for a matrix. */
size_t tensor_weights_size(const Tensor *tensor, bool turned, Precision precision);

/* Gives back the memory that reading the tensor took. Only a hint; it may be read again. */
void tensor_release(const Tensor *tensor);

#endif
