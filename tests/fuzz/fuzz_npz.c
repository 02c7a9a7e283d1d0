/* A whole *.npz of Marian's: the archive, its arrays, the settings in it, and the model that they make.
   Vocabulary and decoding settings beside it are sound; the archive's checksums are set right. */
#include "fuzz.h"
#include "fuzz_model.h"
#include "model/npz.h"
#include "zip_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static char *directory, path[640];
    if (!directory) {
        directory = fuzz_small_opus();
        snprintf(path, sizeof path, "%s/" TINY_OPUS_WEIGHTS, directory);
    }
    char *mended = malloc(n + 1);
    require(mended);
    if (n) memcpy(mended, bytes, n);
    zip_file_mend(mended, n);
    tiny_file_write(directory, TINY_OPUS_WEIGHTS, mended, n);
    free(mended);
    fuzz_read_tensors(path, npz_read);
    fuzz_use_model(directory, n);
    return 0;
}
