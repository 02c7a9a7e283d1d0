/* libFuzzer on a whole model*.bin: the container, the settings, and what they make of the tensors. The
   vocabulary beside it is missing, so a model that passes is refused there. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "model/firefox.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    char path[64];
    snprintf(path, sizeof path, "/tmp/xattn-fuzz-%ld.bin", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (!file) abort();
    fwrite(bytes, 1, n, file);
    fclose(file);
    Error err = {0};
    Model *model;
    if (model_load(path, PRECISION_STORED, &model, &err)) model_free(model);
    unlink(path);
    return 0;
}
