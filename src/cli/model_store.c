#include "cli/model_store.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "base/buffer.h"
#include "cli/path.h"

enum { N_PLACES = 4 };

/* The folder of the running program, without a final slash; "" if it is unknown. */
static void program_folder(char folder[PATH_MAX]) {
    folder[0] = '\0';
#ifdef __APPLE__
    char path[PATH_MAX];
    uint32_t size = sizeof path;
    if (_NSGetExecutablePath(path, &size) != 0 || !realpath(path, folder)) folder[0] = '\0';
#else
    ssize_t n = readlink("/proc/self/exe", folder, PATH_MAX - 1);
    folder[n > 0 ? n : 0] = '\0';
#endif
    char *slash = strrchr(folder, '/');
    if (slash) *slash = '\0';
}

/* base/end; "" if base is unknown or the path is too long. */
static void join(char path[PATH_MAX], const char *base, const char *end) {
    Error ignored;
    if (base && *base)
        path_join(path, base, end, &ignored);
    else
        path[0] = '\0';
}

/* $XDG_CACHE_HOME, if it is absolute, or ~/.cache. */
static void cache_folder(char folder[PATH_MAX]) {
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/' && strlen(cache) < PATH_MAX)
        snprintf(folder, PATH_MAX, "%s", cache);
    else
        join(folder, home, ".cache");
}

/* Place i in the list of the header; "" if it is unknown. */
static void place(int i, char folder[PATH_MAX]) {
    char base[PATH_MAX];
    if (i < 2)
        cache_folder(base);
    else
        program_folder(base);
#ifdef __APPLE__
    if (i == 1) join(base, getenv("HOME"), "Library/Caches");
#endif
    static const char *const ends[N_PLACES] = {"xattn/models", "fxtranslate/models", "models",
                                               "../share/xattn/models"};
    join(folder, base, ends[i]);
}

bool model_store_folder(char folder[PATH_MAX], Error *err) {
    place(0, folder);
    return *folder ||
           error_set(err, "no folder for models: neither $XDG_CACHE_HOME nor $HOME is set");
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool model_store_is_pair(const char *name) {
    size_t letters = 0, n = 0, n_parts = 0;
    while (is_letter(name[letters])) letters++;
    if (letters < 2 || letters > 3 || strlen(name) >= 64) return false;
    for (const char *c = name;; c++) {
        bool in_part = is_letter(*c) || (*c >= '0' && *c <= '9') || *c == '_';
        n += in_part;
        if (in_part) continue;
        if (n < 2 || (*c && *c != '-')) return false;
        n_parts++;
        n = 0;
        if (!*c) return n_parts >= 2;
    }
}

/* Whether a folder has a model, according to its file names. */
static bool is_model(const char *folder) {
    DIR *dir = opendir(folder);
    bool found = false;
    if (!dir) return false;
    for (struct dirent *entry; !found && (entry = readdir(dir)) != NULL;)
        found =
            strncmp(entry->d_name, "model", 5) == 0 || strcmp(entry->d_name, "config.json") == 0;
    closedir(dir);
    return found;
}

/* Finds a pair in places 0 … n - 1; false if none of them has it. */
static bool find_pair(const char *pair, int n, char path[PATH_MAX]) {
    char folder[PATH_MAX];
    for (int i = 0; i < n; i++) {
        place(i, folder);
        join(path, folder, pair);
        if (*path && is_model(path)) return true;
    }
    return false;
}

static bool add_name(void *context, const char *pair, const char *path, Error *err) {
    Buffer *names = context;
    (void)path, (void)err;
    buffer_format(names, "%s%s", names->size ? ", " : "", pair);
    return true;
}

/* Finds a folder with that name, or a pair in one of the places. */
static bool find_folder(const char *name, char path[PATH_MAX]) {
    snprintf(path, PATH_MAX, "%s", name);
    return access(name, F_OK) == 0 || find_pair(name, N_PLACES, path);
}

bool model_store_bridge(const char *name, char path[2][PATH_MAX]) {
    char first[64], second[64];
    if (!name) name = getenv("XATTN_MODEL");
    if (!name || !model_store_is_pair(name) || strlen(name) > 40) return false;
    const char *dash = strrchr(name, '-');
    snprintf(first, sizeof first, "%.*s-en", (int)(dash - name), name);
    snprintf(second, sizeof second, "en-%s", dash + 1);
    return find_folder(first, path[0]) && find_folder(second, path[1]);
}

static bool no_pair(const char *pair, Error *err) {
    Buffer names = {0};
    Error ignored = {0};
    char folder[PATH_MAX], path[2][PATH_MAX];
    if (model_store_bridge(pair, path))
        return error_set(
            err,
            "no model %s: a translation goes through %.*s-en and en-%s, but this needs "
            "one model; `xattn get %s` downloads one",
            pair, (int)(strrchr(pair, '-') - pair), pair, strrchr(pair, '-') + 1, pair);
    place(0, folder);
    model_store_list(add_name, &names, &ignored);
    error_set(
        err,
        "no model %s: no such folder here, nor in %s; there are: %s; `xattn get %s` downloads one",
        pair, folder, names.data ? names.data : "none", pair);
    buffer_free(&names);
    return false;
}

static bool find_shipped(char path[PATH_MAX], Error *err) {
    char folder[PATH_MAX];
    static const char *const ends[] = {"models/en-fr", "../share/xattn/models/en-fr"};
    program_folder(folder);
    for (size_t i = 0; i < 2; i++) {
        join(path, folder, ends[i]);
        if (*path && access(path, F_OK) == 0) return true;
    }
    return error_set(err,
                     "no model: neither %s/%s nor %s/%s is there; name one with --model or "
                     "$XATTN_MODEL",
                     folder, ends[0], folder, ends[1]);
}

bool model_store_find(const char *name, char path[PATH_MAX], Error *err) {
    if (!name) name = getenv("XATTN_MODEL");
    if (!name || !*name) return find_shipped(path, err);
    if (strlen(name) >= PATH_MAX) return error_set(err, "%s: name too long", name);
    snprintf(path, PATH_MAX, "%s", name);
    if (access(name, F_OK) == 0 || !model_store_is_pair(name)) return true;
    return find_pair(name, N_PLACES, path) || no_pair(name, err);
}

static bool list_place(int i, ModelShow *show, void *context, Error *err) {
    char folder[PATH_MAX], path[PATH_MAX], earlier[PATH_MAX];
    struct dirent **entries;
    bool ok = true;
    place(i, folder);
    int n = *folder ? scandir(folder, &entries, NULL, alphasort) : -1;
    for (int k = 0; k < n; k++) {
        const char *pair = entries[k]->d_name;
        join(path, folder, pair);
        if (ok && *path && model_store_is_pair(pair) && is_model(path) &&
            !find_pair(pair, i, earlier))
            ok = show(context, pair, path, err);
        free(entries[k]);
    }
    if (n >= 0) free(entries);
    return ok;
}

bool model_store_list(ModelShow *show, void *context, Error *err) {
    bool ok = true;
    for (int i = 0; ok && i < N_PLACES; i++) ok = list_place(i, show, context, err);
    return ok;
}
