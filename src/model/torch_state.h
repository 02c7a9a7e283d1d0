/* torch_state.h: the tensors that a PyTorch state dict describes, and the storages they are parts of

   The pickle of a state dict is read the same from either format of torch.save (torch_file.h); where
   the storages' numbers lie is the format's affair. In between, a storage is known by its key. */
#ifndef XATTN_TORCH_STATE_H
#define XATTN_TORCH_STATE_H

#include "model/pickle.h"
#include "model/tensors.h"

/* The numbers that tensors are parts of. */
typedef struct {
    const char *key;
    PickleGlobal type;
    size_t n_elements, n_bytes;
    const unsigned char *data;  // [n_bytes]; NULL until the format has found them
} Storage;

/* A file and what was read of it. */
typedef struct {
    const TensorFile *file;
    Tensors *tensors;
    size_t first, n;    // its n tensors begin there in the table
    Storage *storages;  // [n_storages] sorted by key
    size_t n_storages;
    const char **keys;  // [n] which storage each tensor is of
    size_t *offsets;    // [n] and from which element on
    Arena *arena;
    Error *err;
} TorchState;

/* Adds the tensors of the pickled state dict, without their data, and lists their storages. */
bool torch_state_read(TorchState *state, const PickleValue *value);

/* The storage of that key, or NULL. */
Storage *torch_state_find(const TorchState *state, const char *key);

/* Points the tensors at their numbers, once every storage has its data. */
bool torch_state_bind(const TorchState *state);

#endif
