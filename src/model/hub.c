#include "model/hub.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file.h"
#include "model/listing.h"

static bool is_directory(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* ---- names ---- */

/* The number of bytes of ORGANISATION or NAME at the start of a text; 0 if it has neither form. */
static size_t part_length(const char *text) {
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    return *text == '.' ? 0 : strspn(text, allowed);
}

static bool find_name(const char *path, const char **name, Arena *arena, Error *err) {
    static const char address[] = "https://huggingface.co/";
    const size_t n_address = sizeof address - 1;
    const bool is_address = strncmp(path, address, n_address) == 0;
    if (is_address) path += n_address;
    size_t n_organisation = part_length(path);
    if (!n_organisation || path[n_organisation] != '/') return true;
    size_t n = part_length(path + n_organisation + 1);
    const char *rest = path + n_organisation + 1 + n;
    if (!n || (*rest && !is_address)) return true;
    const char *organisation = arena_string(arena, path, n_organisation, err);
    if (!organisation) return false;
    if (!is_address && is_directory(organisation)) return true;
    *name = arena_string(arena, path, (size_t)(rest - path), err);
    return *name != NULL;
}

/* ---- the cache ---- */

/* Appends the directory of the cache; nothing if no variable tells where it is. */
static void append_cache(Buffer *out) {
    static const struct {
        const char *variable, *below;
    } places[] = {{"HF_HUB_CACHE", ""},
                  {"HF_HOME", "/hub"},
                  {"XDG_CACHE_HOME", "/huggingface/hub"},
                  {"HOME", "/.cache/huggingface/hub"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);
        if (!value || !*value) continue;
        buffer_format(out, "%s%s", value, places[i].below);
        return;
    }
}

static bool find_download(const char *name, const char **download, Arena *arena, Error *err) {
    Buffer path = {0};
    const char *slash = strchr(name, '/');
    append_cache(&path);
    buffer_format(&path, "/models--%.*s--%s", (int)(slash - name), name, slash + 1);
    bool ok = buffer_ok(&path, "a path", err);
    if (ok && is_directory(path.data))
        ok = (*download = arena_string(arena, path.data, path.size, err)) != NULL;
    buffer_free(&path);
    return ok;
}

bool hub_find(const char *path, const char **name, const char **download, Arena *arena,
              Error *err) {
    *name = *download = NULL;
    return find_name(path, name, arena, err) &&
           (!*name || find_download(*name, download, arena, err));
}

/* Reads refs/main without its line end; "" if it does not exist. */
static bool read_reference(const char *directory, char name[128], Error *err) {
    Arena work = {0};
    MappedFile file = {0};
    Error ignored;
    const char *path = file_path(directory, "refs/main", &work, err);
    *name = '\0';
    if (path && file_map(path, &file, &ignored) && file.size < 128) {
        memcpy(name, file.data, file.size);
        name[file.size] = '\0';
        name[strcspn(name, "/\r\n")] = '\0';
    }
    file_unmap(&file);
    arena_free(&work);
    return path != NULL;
}

bool hub_snapshot(const char **directory, Arena *arena, Error *err) {
    Listing listing;
    char name[128];
    const char *snapshots = file_path(*directory, "snapshots", arena, err);
    if (!snapshots || !read_reference(*directory, name, err)) return false;
    if (!is_directory(snapshots)) return true;
    if (!listing_read(snapshots, &listing, arena, err)) return false;
    const char *found = *name && listing_has(&listing, name) ? name : NULL;
    if (!found && listing.n == 1) found = listing.names[0];
    if (!found)
        return error_set(err, "%s: %zu snapshots, and refs/main names none of them; -m takes one",
                         snapshots, listing.n);
    *directory = file_path(snapshots, found, arena, err);
    return *directory != NULL;
}
