/* trace.c: every intermediate activation of a translation, as .npy files with an index

   The arrays stay in memory until the translation is complete. Only then the folder is made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/output.h"
#include "cli/run.h"
#include "cli/trace_folder.h"
#include "cli/trace_index.h"

/* ---- the summary ---- */

/* Whether two arrays have the same name in different layers. */
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

/* Prints "encoder.layer0.self.query" of six layers as "encoder.layer0…5.self.query". */
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
                  (double)n_floats * sizeof(float) / 1e6, folder, trace_index_name);
    return true;
}

/* ---- the command ---- */

static bool observe(const Options *options, const char *source, xattn_translation **t,
                    Activations *all, Error *err) {
    const char *path;
    xattn_open_options open = {XATTN_OPEN_OPTIONS, .weights = options->weights};
    xattn_options wanted = {XATTN_OPTIONS,
                            .max_length = (size_t)options->max_length,
                            .no_split = true,
                            .target_language = options->target_language,
                            .ablations = options->ablations,
                            .n_ablations = options->n_ablations,
                            .observe = activations_take,
                            .context = all};
    if (!run_model_path(options, &path, err)) return false;
    xattn_model *model = xattn_open(path, &open, err);
    bool ok = model &&
              (options->target ? xattn_score(model, &source, &options->target, 1, &wanted, t, err)
                               : xattn_translate(model, &source, 1, &wanted, t, err));
    xattn_close(model);
    if (ok && all->failed) *err = all->error;
    return ok && !all->failed &&
           (all->n || error_set(err, "the text is empty: there is nothing to trace"));
}

static bool run(const Options *options, const char *source, Error *err) {
    Activations all = {0};
    xattn_translation *t = NULL;
    Buffer summary = {0};
    Output output = {.fd = -1};
    bool ok = trace_folder_check(options->output, err) && observe(options, source, &t, &all, err);
    if (ok) run_warn(options, "text 1", t);
    ok = ok && trace_folder_write(options->output, source, t, &all, err) &&
         print_summary(options->output, t, &all, &summary, err) &&
         output_open(NULL, &output, err) && output_write(&output, &summary, err);
    buffer_free(&summary);
    activations_free(&all);
    xattn_translation_free(t);
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
