#include "model/foreign.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

static const char original[] =
    "xattn reads the original model: a directory with config.json and model.safetensors or "
    "pytorch_model.bin";

/* ---- files that stand for others ---- */

/* Reads the first bytes of a regular file of at most 1 KB, and nothing of any other file. */
static size_t read_small(const char *path, char text[64]) {
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > 1024) return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, 64);
    if (fd >= 0) close(fd);
    return n > 0 ? (size_t)n : 0;
}

bool foreign_check_file(const char *path, Error *err) {
    static const char pointer[] = "version https://git-lfs.github.com/spec/";
    char text[64];
    size_t n = read_small(path, text);
    if (n < sizeof pointer - 1 || memcmp(text, pointer, sizeof pointer - 1) != 0) return true;
    return error_set(
        err,
        "%s: a pointer of Git LFS, not the file itself; in its directory, run: git lfs "
        "pull",
        path);
}

/* ---- other programs' models ---- */

static const struct {
    const char *prefix, *suffix;  // of a file name that only such models have
    const char *what;
} models[] = {
    {"", ".onnx", "ONNX"},
    {"onnx", "", "ONNX"},
    {"tf_model.h5", "", "TensorFlow"},
    {"saved_model.pb", "", "TensorFlow"},
    {"flax_model", ".msgpack", "Flax (JAX)"},
    {"", ".ot", "rust-bert"},
    {"", ".gguf", "llama.cpp (GGUF)"},
    {"ggml-", ".bin", "ggml"},
};

/* The program whose models have such a file, or NULL. */
static const char *owner_of(const char *name) {
    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (name_matches(name, models[i].prefix, models[i].suffix)) return models[i].what;
    return NULL;
}

bool foreign_check_pointers(const Listing *listing, Error *err) {
    bool has_safetensors = listing_match(listing, 0, "model", ".safetensors") != NULL, ok = true;
    for (size_t i = 0; ok && i < listing->n; i++) {
        const char *name = listing->names[i];
        if (owner_of(name) || (has_safetensors && name_matches(name, "pytorch_model", "")))
            continue;
        Arena work = {0};
        const char *path = file_path(listing->directory, name, &work, err);
        ok = path && foreign_check_file(path, err);
        arena_free(&work);
    }
    return ok;
}

static bool refuse_adapter(const Listing *listing, Error *err) {
    return error_kind(
        err, XATTN_UNSUPPORTED,
        "%s: a LoRA adapter, not a model; in Python, merge_and_unload() of peft makes "
        "a whole model of it",
        listing->directory);
}

bool foreign_check_directory(const Listing *listing, bool has_weights, Error *err) {
    bool has_vocabulary = listing_match(listing, 0, "shared_vocabulary.", "") ||
                          listing_match(listing, 0, "source_vocabulary.", "");
    if (has_vocabulary && listing_has(listing, "model.bin"))
        return error_kind(err, XATTN_UNSUPPORTED, "%s: a model of CTranslate2; %s",
                          listing->directory, original);
    if (has_weights) return true;
    if (listing_match(listing, 0, "adapter_model.", "")) return refuse_adapter(listing, err);
    for (size_t i = 0; i < listing->n; i++)
        if (owner_of(listing->names[i]))
            return error_kind(err, XATTN_UNSUPPORTED, "%s: a model for %s; %s", listing->directory,
                              owner_of(listing->names[i]), original);
    return true;
}
