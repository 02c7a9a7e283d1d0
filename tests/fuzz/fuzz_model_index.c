/* Lists of models from the network: what a list's files are called and where they are stays below a
   folder and an address, whatever it holds. */
#include "base/json.h"
#include "cli/model_index.h"
#include "fuzz.h"

static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/";

static bool is_hash(const char *hash) {
    return !*hash || (strlen(hash) == 64 && strspn(hash, "0123456789abcdef") == 64);
}

static void check_file(const IndexFile *file) {
    require(*file->name && *file->name != '.' && *file->name != '-' && !strchr(file->name, '/'));
    require(strspn(file->name, plain) == strlen(file->name));
    require(*file->location != '/' && !strstr(file->location, ".."));
    require(strspn(file->location, plain) == strlen(file->location));
    require(is_hash(file->hash) && is_hash(file->unpacked_hash));
    require(file->size <= (size_t)64 << 30 && file->unpacked_size <= (size_t)64 << 30);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    ModelIndex index;
    IndexFile files[N_FILE_TYPES];
    Error err = {0};
    cJSON *json = json_parse_object("x.json", bytes, n, &err);
    if (!json || !model_index_read(json, "x.json", &index, &err)) {
        require(err.text[0]);
        return 0;
    }
    for (size_t i = 0; i < index.n; i++) {
        const IndexModel *best = model_index_find(&index, index.models[i].pair);
        size_t n_files;
        require(best && index_model_compare(best, &index.models[i]) <= 0);
        err.text[0] = '\0';
        if (!index_model_files(&index, &index.models[i], files, &n_files, &err)) {
            require(err.text[0]);
            continue;
        }
        require(n_files >= 2 && n_files <= N_FILE_TYPES);
        for (size_t f = 0; f < n_files; f++) check_file(&files[f]);
    }
    model_index_free(&index);
    return 0;
}
