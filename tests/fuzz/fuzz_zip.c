/* pytorch_model.bin in a directory whose other files are sound: archive or older format, the pickle in
   it, its tensors, and the model that they make. The archive's checksums are set right. */
#include "fuzz.h"
#include "fuzz_model.h"
#include "model/torch_file.h"
#include "zip_file.h"

/* A directory without weights. */
static char *make_directory(char path[640]) {
    char *directory = fuzz_small_marian();
    snprintf(path, 640, "%s/model.safetensors", directory);
    require(remove(path) == 0);
    snprintf(path, 640, "%s/pytorch_model.bin", directory);
    return directory;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static char *directory, path[640];
    if (!directory) directory = make_directory(path);
    char *mended = malloc(n + 1);
    require(mended);
    if (n) memcpy(mended, bytes, n);
    zip_file_mend(mended, n);
    tiny_file_write(directory, "pytorch_model.bin", mended, n);
    free(mended);
    fuzz_read_tensors(path, torch_file_read);
    fuzz_use_model(directory, n);
    return 0;
}
