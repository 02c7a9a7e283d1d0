/* torch_save.h: pytorch_model.bin for tests, byte for byte as torch.save lays it out

   The pickle is that of PyTorch 2; make parity reads files that PyTorch itself has written. What
   fails here fails the running test. */
#ifndef XATTN_TORCH_SAVE_H
#define XATTN_TORCH_SAVE_H

#include "base/buffer.h"
#include "model/tensors.h"

typedef enum {
    TORCH_ZIP,       // since PyTorch 1.6
    TORCH_DEFLATED,  // the same, compressed afterwards
    TORCH_STREAM,    // before
} TorchFormat;

/* What follows in a pickle for one tensor, the value of its name. */
typedef struct {
    const char *name, *type, *key;  // type: "FloatStorage"
    size_t offset, n_elements, n_storage;
    size_t rank, shape[TENSOR_MAX_RANK];
} TorchTensor;

/* Appends the pickle of a state dict of n tensors. */
void torch_pickle(const TorchTensor *tensors, size_t n, TorchFormat format, Buffer *pickle);

/* Writes the tensors of DIRECTORY/model.safetensors into DIRECTORY/NAME. Those of the same bytes
   share a storage, as tied weights do. */
void torch_save(const char *directory, const char *name, TorchFormat format);

#endif
