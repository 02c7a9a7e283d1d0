#include "cli/model_origin.h"

#include <stdio.h>
#include <string.h>

#include "align/json_build.h"
#include "base/json.h"
#include "cli/download.h"
#include "cli/output.h"
#include "cli/path.h"

static const char format[] = "xattn model 1";

static const char *string_of(const cJSON *object, const char *key) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text ? text : "";
}

static bool hash_in(const char *folder, const char *name, char hash[65], Error *err) {
    char path[PATH_MAX];
    return path_join(path, folder, name, err) && file_sha256(path, hash, err);
}

static cJSON *describe_file(const char *folder, const IndexFile *file, Error *err) {
    char hash[65];
    if (!hash_in(folder, file->name, hash, err)) return NULL;
    cJSON *object = cJSON_CreateObject();
    bool ok = json_set(object, "name", cJSON_CreateString(file->name)) &&
              json_set(object, "location", cJSON_CreateString(file->location)) &&
              json_set(object, "sha256", cJSON_CreateString(hash));
    return json_kept(object, ok);
}

static cJSON *describe(const char *folder, const IndexModel *model, const IndexFile *files,
                       size_t n, Error *err) {
    cJSON *origin = cJSON_CreateObject(), *list = cJSON_CreateArray();
    bool ok = json_set(origin, "format", cJSON_CreateString(format)) &&
              json_set(origin, "pair", cJSON_CreateString(model->pair)) &&
              json_set(origin, "version", cJSON_CreateString(model->version)) &&
              json_set(origin, "architecture", cJSON_CreateString(model->architecture));
    for (size_t i = 0; ok && i < n; i++)
        ok = json_push(list, describe_file(folder, &files[i], err));
    if (ok)
        ok = json_set(origin, "files", list);
    else
        cJSON_Delete(list);
    return json_kept(origin, ok);
}

bool origin_write(const char *folder, const IndexModel *model, const IndexFile *files, size_t n,
                  Error *err) {
    char path[PATH_MAX];
    Buffer bytes = {0};
    Output output = {.fd = -1};
    cJSON *origin = describe(folder, model, files, n, err);
    char *text = origin ? cJSON_Print(origin) : NULL;
    if (text) buffer_format(&bytes, "%s\n", text);
    bool ok = text && path_join(path, folder, "origin.json", err) &&
              output_open(path, &output, err) && output_write(&output, &bytes, err);
    ok = output_close(&output, ok, err);
    buffer_free(&bytes);
    cJSON_free(text);
    cJSON_Delete(origin);
    return ok || *err->text || error_set(err, "%s: out of memory for origin.json", folder);
}

cJSON *origin_read(const char *folder) {
    char path[PATH_MAX];
    Error ignored = {0};
    if (!path_join(path, folder, "origin.json", &ignored)) return NULL;
    cJSON *origin = json_load_object(path, &ignored);
    if (strcmp(string_of(origin, "format"), format) == 0) return origin;
    cJSON_Delete(origin);
    return NULL;
}

/* The entry of a file, or NULL. */
static const cJSON *entry_of(const cJSON *origin, const IndexFile *file) {
    const cJSON *entry;
    cJSON_ArrayForEach (entry, cJSON_GetObjectItemCaseSensitive(origin, "files")) {
        if (strcmp(string_of(entry, "name"), file->name) == 0 &&
            strcmp(string_of(entry, "location"), file->location) == 0)
            return entry;
    }
    return NULL;
}

bool origin_is_current(const cJSON *origin, const char *folder, const IndexFile *files, size_t n) {
    char hash[65];
    Error ignored;
    for (size_t i = 0; i < n; i++) {
        const cJSON *entry = entry_of(origin, &files[i]);
        if (!entry || !hash_in(folder, files[i].name, hash, &ignored) ||
            strcmp(hash, string_of(entry, "sha256")) != 0)
            return false;
    }
    return true;
}
