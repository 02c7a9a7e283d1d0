/* trace.c: every intermediate activation of one translation, as .npy files and an index

   The arrays are kept in memory until the translation is done. Then the folder is made, or emptied
   if it holds an earlier trace, and filled; index.json comes last, so a folder that has one is
   complete. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "align/npy.h"
#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/output.h"
#include "cli/run.h"
#include "cli/trace_index.h"

static const char index_name[] = "index.json";

/* ---- the folder ---- */

static bool path_in(const char *folder, const char *name, char path[PATH_MAX], Error *err) {
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX ||
           error_set(err, "%s/%s: name too long", folder, name);
}

static bool is_array(const char *name) {
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".npy") == 0;
}

/* Walks over what a trace leaves in a folder: with `remove` it goes, without it is only looked at.
   Anything else there is an error, as are arrays without an index. A folder that is not there holds
   nothing. */
static bool sweep(const char *folder, bool remove_files, Error *err) {
    DIR *dir = opendir(folder);
    if (!dir) return errno == ENOENT || error_set(err, "%s: %s", folder, strerror(errno));
    bool ok = true, has_index = false, has_arrays = false;
    char path[PATH_MAX];
    for (struct dirent *entry; ok && (entry = readdir(dir)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
        bool is_index = strcmp(name, index_name) == 0;
        has_index |= is_index;
        has_arrays |= is_array(name);
        if (!is_index && !is_array(name))
            ok = error_set(err, "%s: holds %s, which is no part of a trace; name another folder",
                           folder, name);
        if (ok && remove_files)
            ok = path_in(folder, name, path, err) &&
                 (unlink(path) == 0 || error_set(err, "%s: %s", path, strerror(errno)));
    }
    closedir(dir);
    if (ok && has_arrays && !has_index)
        ok = error_set(err, "%s: holds arrays without the %s of a trace; name another folder",
                       folder, index_name);
    return ok;
}

static bool write_file(const char *folder, const char *name, Buffer *bytes, Error *err) {
    char path[PATH_MAX];
    Output output = {.fd = -1};
    Error close_error = {0};
    bool ok = path_in(folder, name, path, err) && output_open(path, &output, err) &&
              output_write(&output, bytes, err);
    if (!output_close(&output, ok, &close_error) && ok) {
        ok = false;
        *err = close_error;
    }
    return ok;
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

/* What was written of a trace that could not be finished goes again. */
static void take_back(const char *folder, const Activations *all, bool made) {
    char path[PATH_MAX];
    for (size_t i = 0; i < all->n; i++)
        if (snprintf(path, sizeof path, "%s/%s.npy", folder, all->arrays[i].name) < PATH_MAX)
            unlink(path);
    if (made) rmdir(folder);
}

static bool write_folder(const char *folder, const char *source, const xattn_translation *t,
                         Activations *all, Error *err) {
    Buffer bytes = {0};
    bool made = mkdir(folder, 0777) == 0;
    bool ok = made || errno == EEXIST || error_set(err, "%s: %s", folder, strerror(errno));
    ok = ok && sweep(folder, true, err);
    bool swept = ok;
    for (size_t i = 0; ok && i < all->n; i++) ok = write_array(folder, all, i, &bytes, err);
    ok = ok && trace_index(source, t, all, &bytes, err) &&
         write_file(folder, index_name, &bytes, err);
    if (swept && !ok) take_back(folder, all, made);
    buffer_free(&bytes);
    return ok;
}

/* ---- what is said of it ---- */

/* Whether two arrays are the same of different layers. */
static bool is_same_kind(const char *a, const char *b) {
    while (*a && *a == *b) a++, b++;
    while (*a >= '0' && *a <= '9') a++;
    while (*b >= '0' && *b <= '9') b++;
    return strcmp(a, b) == 0;
}

static void print_pieces(const char *side, const xattn_tokens *tokens, Buffer *out) {
    buffer_format(out, "%s ", side);
    for (size_t i = 0; i < tokens->n; i++) buffer_format(out, " %s", tokens->pieces[i]);
    buffer_byte(out, '\n');
}

/* "encoder.layer0.self.query" of six layers as "encoder.layer0…5.self.query". */
static void print_name(const char *name, size_t layers, Buffer *out) {
    const char *digit = strpbrk(name, "0123456789");
    int width = 37 - (int)strlen(name);
    if (layers > 1) {
        buffer_append(out, name, (size_t)(digit - name));
        buffer_format(out, "0…%zu%s", layers - 1, digit + strspn(digit, "0123456789"));
        width -= 2;
    } else {
        buffer_string(out, name);
    }
    buffer_format(out, "%*s", width > 1 ? width : 1, "");
}

static bool print_array(const ActivationArray *array, size_t layers, Buffer *out, Error *err) {
    TraceFacts facts;
    if (!trace_facts(array, &facts, err)) return false;
    const size_t shape[] = {array->heads, array->n, array->m}, skip = !array->has_heads;
    char text[120] = "";
    size_t used = 0;
    for (size_t k = 0; k < 3 - skip; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "[%s %zu]", facts.dimensions[k],
                                 shape[k + skip]);
    print_name(array->name, layers, out);
    buffer_format(out, "%-28s%s\n", text, facts.equation);
    return true;
}

static bool print_summary(const char *folder, const xattn_translation *t, const Activations *all,
                          Buffer *out, Error *err) {
    size_t n_floats = 0;
    buffer_format(out, "%s\n\n", t->text);
    print_pieces("n_src: ", &t->source, out);
    print_pieces("n_tgt: ", &t->target, out);
    buffer_byte(out, '\n');
    for (size_t i = 0; i < all->n; i++) {
        size_t before = 0, layers = 0;
        for (size_t j = 0; j < all->n; j++)
            if (is_same_kind(all->arrays[i].name, all->arrays[j].name)) {
                before += j < i;
                layers++;
            }
        n_floats += all->arrays[i].heads * all->arrays[i].n * all->arrays[i].m;
        if (!before && !print_array(&all->arrays[i], layers, out, err)) return false;
    }
    buffer_format(out, "\n%zu arrays, %.1f MB, described in %s/%s\n", all->n,
                  (double)n_floats * sizeof(float) / 1e6, folder, index_name);
    return true;
}

/* ---- the command ---- */

static bool failed(const xattn_error *error, Error *err) {
    return error_set(err, "%s", error->text);
}

static bool observe(const Options *options, const char *source, xattn_translation *t,
                    Activations *all, Error *err) {
    const char *path;
    xattn_error error;
    xattn_options wanted = {.max_length = options->max_length,
                            .no_split = true,
                            .ablations = options->ablations,
                            .n_ablations = options->n_ablations,
                            .observe = activations_take,
                            .observe_context = all};
    if (!run_model_path(options, &path, err)) return false;
    xattn_model *model = xattn_open_as(path, options->weights, &error);
    if (!model) return failed(&error, err);
    bool ok = options->target ? xattn_score(model, &source, &options->target, 1, &wanted, t, &error)
                              : xattn_translate(model, &source, 1, &wanted, t, &error);
    xattn_close(model);
    if (!ok) return failed(&error, err);
    if (all->failed) {
        *err = all->error;
        return false;
    }
    return all->n || error_set(err, "the text is empty: there is nothing to trace");
}

static bool run(const Options *options, const char *source, Error *err) {
    Activations all = {0};
    xattn_translation t = {0};
    Buffer summary = {0};
    Output output = {.fd = -1};
    bool ok = sweep(options->output, false, err) && observe(options, source, &t, &all, err);
    if (ok) run_warn(options, "text 1", &t);
    ok = ok && write_folder(options->output, source, &t, &all, err) &&
         print_summary(options->output, &t, &all, &summary, err) &&
         output_open(NULL, &output, err) && output_write(&output, &summary, err);
    buffer_free(&summary);
    activations_free(&all);
    xattn_translation_free(&t);
    return ok;
}

int command_trace(const Options *options) {
    Error err = {0};
    Lines lines = {.fd = -1};
    Buffer text = {0};
    bool ok = lines_open(options, &lines, &err) &&
              lines_next(&lines, true, &text, &err) == LINES_LINE &&
              run(options, text.data ? text.data : "", &err);
    lines_close(&lines);
    buffer_free(&text);
    return ok ? EXIT_DONE : run_failed(&err);
}
