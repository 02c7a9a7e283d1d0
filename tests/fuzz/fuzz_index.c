/* model.safetensors.index.json, beside weights in two files and other files that are sound. */
#include "fuzz.h"
#include "fuzz_model.h"
#include "model/checkpoint.h"
#include "torch_save.h"

/* A directory with the weights as a.safetensors and as b.bin. */
static char *make_directory(void) {
    char from[640], to[640];
    char *directory = fuzz_small_marian();
    torch_save(directory, "b.bin", TORCH_ZIP);
    snprintf(from, sizeof from, "%s/model.safetensors", directory);
    snprintf(to, sizeof to, "%s/a.safetensors", directory);
    require(rename(from, to) == 0);
    return directory;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static char *directory;
    if (!directory) directory = make_directory();
    Tensors tensors;
    Arena arena = {0};
    Error err = {0};
    tiny_file_write(directory, "model.safetensors.index.json", bytes, n);
    if (checkpoint_open(directory, NULL, &tensors, &arena, &err))
        for (const TensorFile *file = tensors.files; file; file = file->next)  // nowhere else
            require(strncmp(file->path, directory, strlen(directory)) == 0 &&
                    !strchr(file->path + strlen(directory) + 1, '/'));
    else
        require(strstr(err.text, directory));
    tensors_close(&tensors);
    arena_free(&arena);
    return 0;
}
