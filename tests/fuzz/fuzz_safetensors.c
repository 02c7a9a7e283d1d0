/* model.safetensors in a directory whose other files are sound: the container alone, then the model
   that it makes, which translates if it loads. */
#include "fuzz.h"
#include "fuzz_model.h"
#include "model/safetensors.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static char *directory;
    if (!directory) directory = fuzz_small_marian();
    tiny_file_write(directory, "model.safetensors", bytes, n);
    char path[640];
    snprintf(path, sizeof path, "%s/model.safetensors", directory);
    fuzz_read_tensors(path, safetensors_read);
    fuzz_use_model(directory, n);
    return 0;
}
