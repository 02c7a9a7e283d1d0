/* models.c: installed models, and those that `xattn get` can download */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/model_origin.h"
#include "cli/model_store.h"
#include "cli/mozilla.h"
#include "cli/output.h"
#include "cli/path.h"
#include "cli/run.h"

/* The total size of a folder's files in bytes. */
static double folder_size(const char *folder) {
    char path[PATH_MAX];
    struct stat info;
    Error ignored;
    double size = 0;
    DIR *dir = opendir(folder);
    if (!dir) return 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (path_join(path, folder, entry->d_name, &ignored) && stat(path, &info) == 0 &&
            S_ISREG(info.st_mode))
            size += (double)info.st_size;
    closedir(dir);
    return size;
}

/* A cell of the table; "-" if it is unknown. */
static const char *or_dash(const char *text) { return text && *text ? text : "-"; }

static bool print_stored(void *context, const char *pair, const char *path, Error *err) {
    Buffer *out = context;
    cJSON *origin = origin_read(path);
    const char *version = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(origin, "version"));
    if (!out->size) buffer_format(out, "%-10s %-9s %9s  %s\n", "pair", "version", "MB", "folder");
    buffer_format(out, "%-10s %-9s %9.1f  %s\n", pair, or_dash(version), folder_size(path) / 1e6,
                  path);
    cJSON_Delete(origin);
    return buffer_ok(out, "a list of models", err);
}

static double download_size(const ModelIndex *index, const IndexModel *model) {
    IndexFile files[N_FILE_TYPES];
    size_t n, size = 0;
    Error ignored = {0};
    if (!index_model_files(index, model, files, &n, &ignored)) return 0;
    for (size_t i = 0; i < n; i++) size += files[i].size;
    return (double)size;
}

static void print_available(const ModelIndex *index, const IndexModel *model, Buffer *out) {
    char size[32] = "-";
    double bytes = download_size(index, model);
    if (bytes > 0) snprintf(size, sizeof size, "%.1f", bytes / 1e6);
    buffer_format(out, "%-10s %-9s %9s  %s\n", model->pair, or_dash(model->version), size,
                  or_dash(model->architecture));
}

/* Lists the best model of each pair, sorted. */
static bool list_available(ModelIndex *index, Buffer *out, Error *err) {
    const IndexModel *models = index->models;
    if (index->n) qsort(index->models, index->n, sizeof *models, index_model_compare);
    buffer_format(out, "%s%-10s %-9s %9s  %s\n", out->size ? "\n" : "", "available", "version",
                  "MB", "architecture");
    for (size_t i = 0; i < index->n; i++)
        if (i == 0 || strcmp(models[i].pair, models[i - 1].pair) != 0)
            print_available(index, &models[i], out);
    return buffer_ok(out, "a list of models", err);
}

static bool ask_index(const Options *options, Buffer *out, Error *err) {
    char base[MOZILLA_ADDRESS];
    ModelIndex index;
    if (!mozilla_index(options->index, &index, base, err)) return false;
    bool ok = list_available(&index, out, err);
    model_index_free(&index);
    return ok;
}

int command_models(const Options *options) {
    Error err = {0};
    Buffer out = {0};
    Output output = {.fd = -1};
    bool listed = model_store_list(print_stored, &out, &err) &&
                  (!options->available || ask_index(options, &out, &err));
    Error output_error = {0};
    bool written = output_open(NULL, &output, &output_error) &&
                   output_write(&output, &out, &output_error);  // without a network, too
    buffer_free(&out);
    if (!listed) return run_failed(&err);
    return written ? EXIT_DONE : run_failed(&output_error);
}
