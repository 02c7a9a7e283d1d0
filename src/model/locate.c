#include "model/locate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "model/checkpoint.h"
#include "model/foreign.h"
#include "model/hub.h"
#include "model/marian_files.h"
#include "model/torch_file.h"

/* ---- a directory ---- */

static bool refuse_cache(const char *directory, const char *entry, Error *err) {
    return error_set(err,
                     "%s: a cache of the Hugging Face Hub; -m takes a model in it, such as %s/%s",
                     directory, directory, entry);
}

static bool locate_directory(const char *path, Location *location, Arena *arena, Error *err) {
    Listing listing;
    location->directory = arena_string(arena, path, strlen(path), err);
    if (!location->directory || !hub_snapshot(&location->directory, arena, err) ||
        !listing_read(location->directory, &listing, arena, err) ||
        !foreign_check_pointers(&listing, err))
        return false;
    bool has_config = listing_has(&listing, "config.json");
    bool has_weights = checkpoint_is_here(&listing);
    location->is_marian = !has_config && marian_files_are_here(&listing);
    if (!foreign_check_directory(&listing, has_weights || location->is_marian, err)) return false;
    const char *entry = listing_match(&listing, 0, "models--", "");
    if (entry) return refuse_cache(location->directory, entry, err);
    return has_config || has_weights || location->is_marian ||
           error_set(err,
                     "%s: no model: expected config.json with model.safetensors or "
                     "pytorch_model.bin, model*.bin with vocab*.spm, or *.npz with decoder.yml",
                     location->directory);
}

/* ---- a file ---- */

/* Whether a .bin file is Marian's or PyTorch's. Marian's begins with its version. If the beginning fits
   neither, the file counts as Marian's unless there is a config.json beside it. */
static bool is_marian_file(const char *path, const char *directory, const MappedFile *start) {
    uint64_t version = 0;
    char config[4096];
    struct stat info;
    if (!name_matches(path, "", ".bin")) return name_matches(path, "", ".npz");
    if (start->size >= sizeof version) memcpy(&version, start->data, sizeof version);
    snprintf(config, sizeof config, "%s/config.json", directory);
    return version == 1 || (!torch_file_is(start) && stat(config, &info) != 0);
}

static bool check_kind(const char *path, const MappedFile *start, Location *location, Error *err) {
    location->is_marian = is_marian_file(path, location->directory, start);
    if (location->is_marian || name_matches(path, "", ".safetensors") ||
        name_matches(path, "", ".safetensors.index.json") ||
        name_matches(path, "", ".bin.index.json") || name_matches(path, "", ".bin"))
        return true;
    if (name_matches(path, "", ".zip"))
        return error_set(err, "%s: a ZIP archive; unzip it, and point -m at the directory", path);
    return error_set(
        err,
        "%s: not a model; expected its directory, or a file of weights: *.safetensors, "
        "*.bin or *.npz",
        path);
}

/* Reads the first bytes of a file; `start` describes them like a mapped file. */
static bool read_start(const char *path, unsigned char bytes[32], MappedFile *start, Error *err) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, 32);
    int error = errno;
    if (fd >= 0) close(fd);
    if (n < 0) return error_system(err, path, error);
    *start = (MappedFile){.data = bytes, .size = (size_t)n};
    return true;
}

static bool locate_file(const char *path, Location *location, Arena *arena, Error *err) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = slash == path ? 1 : (size_t)(name - path) - (slash != NULL);
    unsigned char bytes[32];
    MappedFile start = {0};
    location->directory = arena_string(arena, slash ? path : ".", slash ? n : 1, err);
    location->weights = arena_string(arena, name, strlen(name), err);
    if (!location->directory || !location->weights || !foreign_check_file(path, err) ||
        !read_start(path, bytes, &start, err))
        return false;
    if (strcmp(name, "config.json") != 0) return check_kind(path, &start, location, err);
    location->weights = NULL;  // the directory decides
    return true;
}

/* ---- a path that does not exist ---- */

static bool locate_on_hub(const char *path, int error, Location *location, Arena *arena,
                          Error *err) {
    const char *name = NULL, *download = NULL;
    if (error == ENOENT && !hub_find(path, &name, &download, arena, err)) return false;
    if (!name) return error_system(err, path, error);
    if (download) return locate_directory(download, location, arena, err);
    return error_kind(
        err, XATTN_NOT_FOUND,
        "%s: no such directory; if it is a model on the Hugging Face Hub, download it "
        "first: hf download %s --local-dir %s",
        path, name, strchr(name, '/') + 1);
}

bool locate_model(const char *path, Location *location, Arena *arena, Error *err) {
    struct stat info;
    *location = (Location){0};
    if (stat(path, &info) != 0) return locate_on_hub(path, errno, location, arena, err);
    return S_ISDIR(info.st_mode) ? locate_directory(path, location, arena, err)
                                 : locate_file(path, location, arena, err);
}
