/* model.safetensors in a directory whose other files are sound: the container alone, then the model
   that it makes, which translates if it loads. */
#include <math.h>

#include "fuzz.h"
#include "fuzz_model.h"
#include "model/safetensors.h"

/* Every element can be read. */
static void read_container(const char *path) {
    Tensors file;
    Arena arena = {0};
    Error err = {0};
    if (tensors_open(path, safetensors_read, &file, &arena, &err)) {
        for (size_t i = 0; i < file.n; i++) {
            const Tensor *tensor = tensors_find(&file, file.tensors[i].name);
            require(tensor == &file.tensors[i]);
            const float *values = tensor_floats(tensor, &arena, &err);
            require(values);
            float sum = 0.0F;
            for (size_t k = 0; k < tensor->n_elements; k++) sum += values[k];
            (void)isfinite(sum);
        }
    } else {
        require(strstr(err.text, path));
    }
    tensors_close(&file);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static char *directory;
    if (!directory) directory = fuzz_small_marian();
    tiny_file_write(directory, "model.safetensors", bytes, n);
    char path[640];
    snprintf(path, sizeof path, "%s/model.safetensors", directory);
    read_container(path);
    fuzz_use_model(directory, n);
    return 0;
}
