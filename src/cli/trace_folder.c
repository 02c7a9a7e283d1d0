#include "cli/trace_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "align/npy.h"
#include "base/json.h"
#include "cli/output.h"
#include "cli/path.h"
#include "cli/trace_index.h"

const char trace_index_name[] = "index.json";

/* ---- an earlier trace ---- */

/* Calls take(folder, name, index) for every file of a folder until it returns false. A missing folder
   has no files. */
typedef bool FileTaker(const char *folder, const char *name, const cJSON *index, Error *err);

static bool for_each_file(const char *folder, FileTaker *take, const cJSON *index, Error *err) {
    DIR *dir = opendir(folder);
    if (!dir) return errno == ENOENT || error_system(err, folder, errno);
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(dir)) != NULL;) {
        bool is_file = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
        if (is_file) ok = take(folder, entry->d_name, index, err);
    }
    closedir(dir);
    return ok;
}

/* Loads the index of an earlier trace; NULL if there is none. An index of another program is an
   error. */
static bool load_index(const char *folder, cJSON **index, Error *err) {
    char path[PATH_MAX];
    *index = NULL;
    if (!path_join(path, folder, trace_index_name, err)) return false;
    if (access(path, F_OK) != 0) return true;
    *index = json_load_object(path, err);
    if (!*index) return error_prefix(err, "not the index of a trace");
    if (trace_index_is_ours(*index)) return true;
    cJSON_Delete(*index);
    *index = NULL;
    return error_set(err, "%s: not the index of a trace; name another folder", path);
}

static bool is_of_trace(const char *name, const cJSON *index) {
    return strcmp(name, trace_index_name) == 0 || trace_index_lists(index, name);
}

static bool check_file(const char *folder, const char *name, const cJSON *index, Error *err) {
    if (!index)
        return error_set(err, "%s: holds %s without the %s of a trace; name another folder", folder,
                         name, trace_index_name);
    return is_of_trace(name, index) ||
           error_set(err, "%s: holds %s, which its %s does not list; name another folder", folder,
                     name, trace_index_name);
}

static bool remove_file(const char *folder, const char *name, const cJSON *index, Error *err) {
    char path[PATH_MAX];
    if (!is_of_trace(name, index)) return true;
    return path_join(path, folder, name, err) &&
           (unlink(path) == 0 || error_system(err, path, errno));
}

bool trace_folder_check(const char *folder, Error *err) {
    cJSON *index;
    bool ok = load_index(folder, &index, err) && for_each_file(folder, check_file, index, err);
    cJSON_Delete(index);
    return ok;
}

static bool clear(const char *folder, Error *err) {
    cJSON *index;
    bool ok = load_index(folder, &index, err) && for_each_file(folder, check_file, index, err) &&
              (!index || for_each_file(folder, remove_file, index, err));
    cJSON_Delete(index);
    return ok;
}

/* ---- a new one ---- */

static bool write_file(const char *folder, const char *name, Buffer *bytes, Error *err) {
    char path[PATH_MAX];
    Output output = {.fd = -1};
    bool ok = path_join(path, folder, name, err) && output_open(path, &output, err) &&
              output_write(&output, bytes, err);
    return output_close(&output, ok, err);
}

static bool write_array(const char *folder, Activations *all, size_t i, Buffer *bytes, Error *err) {
    const ActivationArray *array = &all->arrays[i];
    const size_t shape[] = {array->heads, array->n, array->m}, skip = !array->has_heads;
    char name[ACTIVATION_NAME + 8];
    snprintf(name, sizeof name, "%s.npy", array->name);
    const float *values = activations_values(all, i, err);
    return values && npy_write(values, shape + skip, 3 - skip, bytes, err) &&
           write_file(folder, name, bytes, err);
}

/* Removes the files of an unfinished trace. */
static void take_back(const char *folder, const Activations *all, bool made) {
    char path[PATH_MAX];
    for (size_t i = 0; i < all->n; i++)
        if (snprintf(path, sizeof path, "%s/%s.npy", folder, all->arrays[i].name) < PATH_MAX)
            unlink(path);
    if (made) rmdir(folder);
}

bool trace_folder_write(const char *folder, const char *source, const xattn_translation *t,
                        Activations *all, Error *err) {
    Buffer bytes = {0};
    bool made = mkdir(folder, 0777) == 0;
    bool ok = made || errno == EEXIST || error_system(err, folder, errno);
    ok = ok && clear(folder, err);
    bool cleared = ok;
    for (size_t i = 0; ok && i < all->n; i++) ok = write_array(folder, all, i, &bytes, err);
    ok = ok && trace_index(source, t, all, &bytes, err) &&
         write_file(folder, trace_index_name, &bytes, err);
    if (cleared && !ok) take_back(folder, all, made);
    buffer_free(&bytes);
    return ok;
}
