/* A whole model*.bin of Firefox Translations: the container, the settings, and what they make of the
   tensors. Vocabulary and shortlist beside it are sound. */
#include "fuzz.h"
#include "fuzz_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static char *directory;
    if (!directory) directory = fuzz_small_firefox();
    tiny_file_write(directory, "model.xxyy.bin", bytes, n);
    fuzz_use_model(directory, n);
    return 0;
}
