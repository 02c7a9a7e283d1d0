/* tensors.h: the tensors of a model's files by name, for every format

   A reader (safetensors.h, torch_file.h, marian_bin.h, npz.h) maps a file, checks it completely and
   adds its tensors to a table; several files may share a table. After tensors_sort, network.c looks
   them up by name, compares their shapes with the config, and turns them into weights, without knowing
   the format. */
#ifndef XATTN_TENSORS_H
#define XATTN_TENSORS_H

#include "base/file.h"
#include "nn/weights.h"

/* Types of elements. The last two occur in Marian's files alone:

       int8      text, one byte each: the model's configuration
       intgemm8  the elements q as int8, followed by an f32 multiplier m: w = q / m. A
                 matrix of shape [in][out] is stored as [out][in]; embedding tables are not
                 transposed */
typedef enum { DTYPE_F32, DTYPE_F16, DTYPE_BF16, DTYPE_INT8, DTYPE_INTGEMM8 } DType;

enum { TENSOR_MAX_RANK = 4 };

/* A file with tensors, mapped until tensors_close. */
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
    const unsigned char *data;  // [n_bytes], unaligned: in the mapped file, or inflated from it
    bool used;                  // a part of the model uses it
} Tensor;

typedef struct {
    const char *path;   // of the file, or of the index of several; for error messages
    TensorFile *files;  // a list, the last file first
    Tensor *tensors;    // [n]
    size_t n, capacity;
} Tensors;

/* Maps a file, which tensors_close will unmap. The result and its path lie in the arena. NULL on
   failure. */
const TensorFile *tensors_map(Tensors *tensors, const char *path, Arena *arena, Error *err);

/* Unmaps the files and leaves {0}. Nothing may use their data after that. */
void tensors_close(Tensors *tensors);

/* Adds a tensor of a file, a scalar until it gets dimensions. The pointer is valid until the next call.
   NULL if out of memory. */
Tensor *tensors_add(Tensors *tensors, const TensorFile *file, const char *name, Arena *arena,
                    Error *err);

/* Adds a dimension and updates the number of elements. False, with an error that names the tensor, if
   the size is less than 1, if it is the fifth dimension, or if there would be more than 2^53
   elements. */
bool tensor_add_dimension(Tensor *tensor, long long size, Error *err);

/* Sorts all tensors by name, for tensors_find. False if two have the same name. */
bool tensors_sort(Tensors *tensors, Error *err);

/* The reader of a format: maps the file, checks everything except the numbers, and adds its tensors. */
typedef bool TensorsReader(const char *path, Tensors *tensors, Arena *arena, Error *err);

/* Reads the tensors of a file and sorts them. The caller closes them, even after a failure. */
bool tensors_open(const char *path, TensorsReader *read, Tensors *tensors, Arena *arena,
                  Error *err);

/* The tensor with a name, or NULL. */
Tensor *tensors_find(const Tensors *tensors, const char *name);

/* "F32", and the size of an element in bytes (without the multiplier of intgemm8). */
const char *dtype_name(DType dtype);
size_t dtype_size(DType dtype);

/* The elements as floats, in the order of the file. Aligned F32 is used in place; everything else is
   converted or copied into the arena. NULL if out of memory. */
const float *tensor_floats(const Tensor *tensor, Arena *arena, Error *err);

/* The tensor as a matrix with n_rows rows, before packing. An intgemm8 matrix has the same scale in every
   row; the scales lie in the arena. `turned` means that the tensor's shape is [n_cols][n_rows]; the
   matrix is transposed if it is also stored like that. False if out of memory. */
bool tensor_stored(const Tensor *tensor, size_t n_rows, bool turned, StoredWeights *stored,
                   Arena *arena, Error *err);

/* Packs that matrix as weights [n_rows][n_cols] of this precision into the arena. False if out of
   memory. */
bool tensor_weights(const Tensor *tensor, size_t n_rows, size_t n_cols, bool turned,
                    Precision precision, Weights *weights, Arena *arena, Error *err);

/* The number of bytes that tensor_weights takes from the arena. */
size_t tensor_weights_size(const Tensor *tensor, bool turned, Precision precision);

/* Releases the memory that reading the tensor took. Only a hint; the tensor may be read again. */
void tensor_release(const Tensor *tensor);

#endif
