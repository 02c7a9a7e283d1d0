#include "model/checkpoint.h"

#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "model/safetensors.h"
#include "model/torch_file.h"

enum { MOST_FILES = 1000 };

static const char *const names[] = {"model.safetensors", "model.safetensors.index.json",
                                    "pytorch_model.bin", "pytorch_model.bin.index.json"};
enum { N_NAMES = sizeof names / sizeof *names };

/* Reads a file as what its name says. */
static bool read_file(const char *path, Tensors *tensors, Arena *arena, Error *err) {
    return name_matches(path, "", ".bin") ? torch_file_read(path, tensors, arena, err)
                                          : safetensors_read(path, tensors, arena, err);
}

/* ---- an index ---- */

/* The index being read. */
typedef struct {
    const char *directory, *path;
    const cJSON *map;  // from the name of a tensor to the name of a file
    Tensors *tensors;
    Arena *arena;
    Error *err;
} Index;

/* Whether a file name has no directory, because an index may not lead elsewhere. */
static bool is_plain(const char *name) {
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static bool check_entries(const Index *index) {
    const cJSON *entry;
    if (!cJSON_IsObject(index->map))
        return error_set(index->err, "%s: no \"weight_map\"", index->path);
    cJSON_ArrayForEach (entry, index->map) {
        const char *file = cJSON_GetStringValue(entry);
        if (!file || !is_plain(file))
            return error_set(index->err, "%s: \"%s\" is not in a file of this directory",
                             index->path, entry->string);
    }
    return json_check_keys(index->map, index->path, index->err);
}

/* Whether an earlier tensor was in this file, which is open then. */
static bool is_open(const Index *index, const char *path) {
    for (const TensorFile *file = index->tensors->files; file; file = file->next)
        if (strcmp(file->path, path) == 0) return true;
    return false;
}

static bool open_files(const Index *index) {
    const cJSON *entry;
    const char *before = "";
    size_t n_files = 0;
    cJSON_ArrayForEach (entry, index->map) {
        if (strcmp(before, entry->valuestring) == 0) continue;  // the usual case
        before = entry->valuestring;
        Arena work = {0};
        const char *path = file_path(index->directory, before, &work, index->err);
        bool ok = path != NULL;
        if (ok && !is_open(index, path)) {
            ok = ++n_files <= MOST_FILES ||
                 error_set(index->err, "%s: more than %d files", index->path, MOST_FILES);
            ok = ok && read_file(path, index->tensors, index->arena, index->err);
        }
        arena_free(&work);
        if (!ok) return false;
    }
    return true;
}

static bool check_places(const Index *index) {
    const cJSON *entry;
    cJSON_ArrayForEach (entry, index->map) {
        const Tensor *tensor = tensors_find(index->tensors, entry->string);
        const char *path = tensor ? tensor->file->path : "";
        size_t n = strlen(path), n_name = strlen(entry->valuestring);
        bool is_there = n > n_name && path[n - n_name - 1] == '/' &&
                        strcmp(path + n - n_name, entry->valuestring) == 0;
        if (!is_there)
            return error_set(index->err, "%s: tensor %s is not in %s", index->path, entry->string,
                             entry->valuestring);
    }
    return true;
}

static bool open_index(const char *directory, const char *path, Tensors *tensors, Arena *arena,
                       Error *err) {
    cJSON *object = json_load_object(path, err);
    if (!object) return false;
    *tensors = (Tensors){.path = path};
    const Index index = {.directory = directory,
                         .path = path,
                         .map = cJSON_GetObjectItemCaseSensitive(object, "weight_map"),
                         .tensors = tensors,
                         .arena = arena,
                         .err = err};
    bool ok = check_entries(&index) && open_files(&index) && tensors_sort(tensors, err) &&
              check_places(&index);
    cJSON_Delete(object);
    return ok;
}

/* ---- which file ---- */

bool checkpoint_is_here(const Listing *listing) {
    for (size_t i = 0; i < N_NAMES; i++)
        if (listing_has(listing, names[i])) return true;
    return false;
}

bool checkpoint_open(const char *directory, const char *path, Tensors *tensors, Arena *arena,
                     Error *err) {
    *tensors = (Tensors){0};
    for (size_t i = 0; !path && i < N_NAMES; i++) {
        path = file_path(directory, names[i], arena, err);
        if (!path) return false;
        if (access(path, F_OK) != 0) path = NULL;
    }
    if (!path)
        return error_set(err, "%s/model.safetensors: no such file, nor pytorch_model.bin",
                         directory);
    return name_matches(path, "", ".json") ? open_index(directory, path, tensors, arena, err)
                                           : tensors_open(path, read_file, tensors, arena, err);
}
