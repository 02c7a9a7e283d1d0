/* torch_state.h: the tensors of a PyTorch state dict, and their storages

   Both formats of torch.save have the same pickle of a state dict, but the numbers of the storages in
   different places (torch_file.h). A key connects a storage with its numbers. */
#ifndef XATTN_TORCH_STATE_H
#define XATTN_TORCH_STATE_H

#include "model/pickle.h"
#include "model/tensors.h"

/* A storage: the numbers of one or more tensors. */
typedef struct {
    const char *key;
    PickleGlobal type;
    size_t n_elements, n_bytes;
    const unsigned char *data;  // [n_bytes]; NULL until the format's reader sets it
    const Tensor *turned;       // the matrix of it that was transposed; NULL: none
    size_t turned_offset;
} Storage;

/* Where a tensor begins in which storage. */
typedef struct {
    const char *key;
    size_t offset;  // elements
    bool by_column;
} Place;

/* A file, and what has been read from it. */
typedef struct {
    const TensorFile *file;
    Tensors *tensors;
    size_t first, n;    // its n tensors begin at `first` in the table
    Storage *storages;  // [n_storages] sorted by key
    size_t n_storages;
    Place *places;  // [n]
    Arena *arena;
    Error *err;
} TorchState;

/* Adds the tensors of a pickled state dict, without their data, and lists their storages. */
bool torch_state_read(TorchState *state, const PickleValue *value);

/* The storage with a key, or NULL. */
Storage *torch_state_find(const TorchState *state, const char *key);

/* Sets the tensors' data, after every storage has got its own. A matrix that is stored column by column
   is transposed into memory of its own, at most one of each storage (which may have several names), so
   that the memory is in proportion to the file. */
bool torch_state_bind(const TorchState *state);

#endif
