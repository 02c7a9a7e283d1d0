/* safetensors.h: the container that Hugging Face weights come in

       u64 little-endian N, N bytes of JSON, then the data
       {"NAME": {"dtype": "F16", "shape": [8000, 256], "data_offsets": [begin, end]}, …}

   Offsets count from the end of the header. The tensors must cover the data without holes or
   overlaps, so a file that passes the checks here can be read without another look at its bounds.
   Source: the safetensors README, "Format". */
#ifndef XATTN_SAFETENSORS_H
#define XATTN_SAFETENSORS_H

#include "base/arena.h"
#include "base/file.h"
#include "nn/weights.h"

typedef enum { DTYPE_F32, DTYPE_F16, DTYPE_BF16 } DType;

enum { TENSOR_MAX_RANK = 4 };

typedef struct {
    const char *name;
    DType dtype;
    size_t rank, shape[TENSOR_MAX_RANK];
    size_t n_elements;
    const unsigned char *data;  // in the mapped file, of any alignment
    bool used;                  // some part of the model has asked for it
} Tensor;

typedef struct {
    const char *path;  // for error messages
    MappedFile file;
    Tensor *tensors;  // [n] sorted by name
    size_t n;
} Safetensors;

/* Maps the file and checks its header whole. Names and the table lie in the arena; the caller calls
   safetensors_close when nothing points into the file any more, also after a failure. `path` is kept. */
bool safetensors_open(const char *path, Safetensors *st, Arena *arena, Error *err);
void safetensors_close(Safetensors *st);

/* The tensor of that name, or NULL. */
Tensor *safetensors_find(const Safetensors *st, const char *name);

/* "F32", and the size of an element in bytes. */
const char *dtype_name(DType dtype);
size_t dtype_size(DType dtype);

/* The elements as floats: where they lie if they are F32 and aligned, else widened into the arena.
   NULL if out of memory. */
const float *tensor_floats(const Tensor *tensor, Arena *arena, Error *err);

/* A matrix as it is stored, where it lies if it can be used there; BF16 is widened to floats. False
   if out of memory. */
bool tensor_weights(const Tensor *tensor, Weights *weights, Arena *arena, Error *err);

#endif
