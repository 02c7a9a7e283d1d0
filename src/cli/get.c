/* get.c: downloading models by language pair from Mozilla's index

   Everything happens in FOLDER/.partial/PAIR, which one process at a time locks. Files arrive there,
   are checked against the index, and are unpacked into a folder `model`. When this is complete, a
   rename turns it into FOLDER/PAIR. If the connection breaks, the files stay, and the next run
   continues. origin.json in the folder records its origin; a folder without this file is never
   replaced. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/download.h"
#include "cli/model_origin.h"
#include "cli/model_store.h"
#include "cli/mozilla.h"
#include "cli/path.h"
#include "cli/run.h"

typedef struct {
    const Options *options;
    const char *pair;
    const ModelIndex *index;
    const IndexModel *model;
    const char *base;         // the address below which the files are
    char final[PATH_MAX];     // FOLDER/en-de
    char partial[PATH_MAX];   // FOLDER/.partial/en-de
    char unpacked[PATH_MAX];  // FOLDER/.partial/en-de/model
    IndexFile files[N_FILE_TYPES];
    size_t n;
} Get;

/* Makes a folder and its parents. */
static bool make_folder(const char *folder, Error *err) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", folder);
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash) *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) return error_system(err, path, errno);
        if (!slash) return true;
        *slash = '/';
    }
}

/* Removes a folder and its files, if it exists. */
static void remove_folder(const char *folder) {
    char path[PATH_MAX];
    Error ignored;
    DIR *dir = opendir(folder);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (path_join(path, folder, entry->d_name, &ignored)) unlink(path);
    closedir(dir);
    rmdir(folder);
}

/* ---- the files ---- */

/* A partial file is named after its hash, so that a download never continues the beginning of another
   version. */
static bool part_path(const Get *get, const IndexFile *file, char path[PATH_MAX], Error *err) {
    char name[200];
    snprintf(name, sizeof name, "%.16s%s%s.part", file->hash, *file->hash ? "." : "", file->name);
    return path_join(path, get->partial, name, err);
}

/* Checks a file's SHA-256 against the index, and removes the file if it differs. */
static bool check_hash(const char *path, const char *name, const char *expected, Error *err) {
    char found[65];
    if (!*expected) return true;
    if (!file_sha256(path, found, err)) return false;
    if (strcmp(found, expected) == 0) return true;
    unlink(path);
    return error_set(err, "%s: SHA-256 %s, expected %s", name, found, expected);
}

static bool fetch_file(const Get *get, const IndexFile *file, Progress *progress, Error *err) {
    char url[2 * MOZILLA_ADDRESS], part[PATH_MAX];
    if (snprintf(url, sizeof url, "%s/%s", get->base, file->location) >= (int)sizeof url)
        return error_set(err, "%s: address too long", file->location);
    if (!part_path(get, file, part, err) || !download(url, part, file->size, progress, err) ||
        !check_hash(part, url, file->hash, err))
        return false;
    progress->done += file->size;
    return true;
}

static bool fetch_files(const Get *get, Error *err) {
    Progress progress = {.shown = !get->options->quiet && isatty(STDERR_FILENO),
                         .label = get->pair};
    bool all_known = true;
    for (size_t i = 0; i < get->n; i++) {
        progress.total += get->files[i].size;
        all_known &= get->files[i].size > 0;
    }
    if (!all_known) progress.total = 0;
    for (size_t i = 0; i < get->n; i++)
        if (!fetch_file(get, &get->files[i], &progress, err)) return false;
    return true;
}

static bool unpack_file(const Get *get, const IndexFile *file, Error *err) {
    char part[PATH_MAX], path[PATH_MAX];
    if (!part_path(get, file, part, err) || !path_join(path, get->unpacked, file->name, err))
        return false;
    if (!*file->hash && !*file->unpacked_hash && !get->options->quiet)
        fprintf(stderr, "xattn: %s: not verified: the index has no SHA-256 of it\n", file->name);
    if (file->packing == PACKED_NOT)
        return rename(part, path) == 0 || error_system(err, path, errno);
    return unpack(file->packing, part, path, file->unpacked_size, err) &&
           check_hash(path, file->name, file->unpacked_hash, err);
}

static bool unpack_files(const Get *get, Error *err) {
    remove_folder(get->unpacked);
    if (!make_folder(get->unpacked, err)) return false;
    for (size_t i = 0; i < get->n; i++)
        if (!unpack_file(get, &get->files[i], err)) return false;
    return origin_write(get->unpacked, get->model, get->files, get->n, err);
}

/* ---- their place ---- */

/* Replaces the old folder with the new one. If that fails, the old one stays. */
static bool install(const Get *get, Error *err) {
    char old[PATH_MAX];
    if (!path_join(old, get->partial, "old", err)) return false;
    remove_folder(old);
    bool had_one = rename(get->final, old) == 0;
    if (rename(get->unpacked, get->final) != 0) {
        error_system(err, get->final, errno);
        if (had_one) (void)rename(old, get->final);
        return false;
    }
    remove_folder(old);
    remove_folder(get->partial);
    return true;
}

/* Sets *current if the model is installed as in the index. An error if the folder did not come from
   `xattn get`. */
static bool look_for_it(const Get *get, bool *current, Error *err) {
    cJSON *origin = origin_read(get->final);
    *current = origin && origin_is_current(origin, get->final, get->files, get->n);
    bool ok = origin || access(get->final, F_OK) != 0 ||
              error_set(err, "%s: exists, but not from `xattn get`; remove it first", get->final);
    cJSON_Delete(origin);
    return ok;
}

/* Locks the folder until the process ends, so that only one process fills it. */
static bool lock(const Get *get, int *file, Error *err) {
    char path[PATH_MAX];
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (!path_join(path, get->partial, "lock", err)) return false;
    *file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*file < 0) return error_system(err, path, errno);
    return fcntl(*file, F_SETLK, &whole) == 0 ||
           error_set(err, "another xattn is downloading it (%s is locked)", path);
}

static bool fill(const Get *get, Error *err) {
    int file = -1;
    bool ok = make_folder(get->partial, err) && lock(get, &file, err) && fetch_files(get, err) &&
              unpack_files(get, err) && install(get, err);
    if (file >= 0) close(file);
    return ok;
}

/* ---- the command ---- */

static void print_choice(const Get *get) {
    double size = 0;
    for (size_t i = 0; i < get->n; i++) size += (double)get->files[i].size;
    if (get->options->quiet) return;
    fprintf(stderr, "%s %s %s", get->pair, get->model->version, get->model->architecture);
    if (size > 0) fprintf(stderr, ", %.1f MB", size / 1e6);
    fputc('\n', stderr);
}

/* Whether the index has two models through English: fr-en and en-de for fr-de. */
static bool has_pivot(const Get *get, char first[64], char second[64]) {
    for (const char *dash = strchr(get->pair, '-'); dash; dash = strchr(dash + 1, '-')) {
        snprintf(first, 64, "%.*s-en", (int)(dash - get->pair), get->pair);
        snprintf(second, 64, "en-%s", dash + 1);
        if (model_index_find(get->index, first) && model_index_find(get->index, second))
            return true;
    }
    return false;
}

/* An error with a suggestion: en-zh-Hans for en-zh, or two models for fr-de. */
static bool no_such_pair(const Get *get, Error *err) {
    char first[64], second[64];
    size_t n = strlen(get->pair);
    for (size_t i = 0; i < get->index->n; i++)
        if (strncmp(get->index->models[i].pair, get->pair, n) == 0)
            return error_set(err, "the index has no such pair; do you mean %s?",
                             get->index->models[i].pair);
    if (has_pivot(get, first, second))
        return error_set(err, "the index has no such pair, but %s and %s", first, second);
    return error_set(err,
                     "the index has no such pair; `xattn models --available` lists those it has");
}

static bool get_pair(Get *get, const char *folder, Error *err) {
    bool current;
    char partial[PATH_MAX];
    get->model = model_index_find(get->index, get->pair);
    if (!get->model) return no_such_pair(get, err);
    return path_join(get->final, folder, get->pair, err) &&
           path_join(partial, folder, ".partial", err) &&
           path_join(get->partial, partial, get->pair, err) &&
           path_join(get->unpacked, get->partial, "model", err) &&
           index_model_files(get->index, get->model, get->files, &get->n, err) &&
           look_for_it(get, &current, err) && (current || (print_choice(get), fill(get, err))) &&
           printf("%s\n", get->final) > 0;
}

static bool check_pairs(const Options *options, Error *err) {
    for (int i = 0; i < options->n_texts; i++)
        if (!model_store_is_pair(options->texts[i]))
            return error_set(err, "%s: expected a language pair such as en-de", options->texts[i]);
    return true;
}

static bool get_all(const Options *options, Error *err) {
    char folder[PATH_MAX], partial[PATH_MAX], base[MOZILLA_ADDRESS];
    ModelIndex index;
    if (!check_pairs(options, err) || !model_store_folder(folder, err) ||
        !path_join(partial, folder, ".partial", err) ||
        !mozilla_index(options->index, &index, base, err))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < options->n_texts; i++) {
        Get get = {.options = options, .pair = options->texts[i], .index = &index, .base = base};
        ok = get_pair(&get, folder, err) || error_prefix(err, get.pair);
    }
    model_index_free(&index);
    rmdir(partial);  // fails if it still has downloads to continue
    return ok;
}

int command_get(const Options *options) {
    Error err = {0};
    return get_all(options, &err) ? EXIT_DONE : run_failed(&err);
}
