#include "cli/run.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/choice.h"
#include "cli/effect.h"
#include "cli/lines.h"
#include "cli/model_store.h"
#include "cli/output.h"

/* The size of a window: enough lines to make batches of similar length and to keep every thread busy,
   but a limited amount of text, so that memory does not depend on the input. */
enum { LINES_PER_THREAD = 512, BYTES_PER_THREAD = 64 * 1024 };

typedef struct {
    Request request;
    xattn_options wanted;
    const Writer *writer;
    xattn_model *model;
    xattn_model *onward;  // a second model, which translates the first one's result, or NULL
    Lines lines;
    Output output;
    Buffer out;
    size_t n_cut;  // the number of cut translations
    bool shows_progress;
    time_t last_progress;

    // The window.
    size_t most;                       // its capacity in lines
    size_t first;                      // the number of its first line
    Buffer text;                       // its lines, each with a NUL
    size_t *starts;                    // [most] the beginning of each line
    char **sources;                    // [most] the same as pointers, up to a tab
    const char **targets;              // [most] the rest of the line, if it is a pair
    bool *crlf;                        // [most] the line ended with \r\n
    xattn_translation **translations;  // [most]
    Arena arena;
} Run;

int run_failed(const Error *err) {
    fprintf(stderr, "xattn: %s\n", err->text);
    return EXIT_FAILED;
}

bool run_model_path(const Options *options, const char **path, Error *err) {
    static char found[PATH_MAX];
    *path = found;
    return model_store_find(options->model, found, err);
}

static bool alloc_window(Run *run, Error *err) {
    static const char what[] = "a window of lines";
    size_t n = run->most = LINES_PER_THREAD * (size_t)run->request.options->threads;
    Arena *a = &run->arena;
    return (run->starts = arena_array(a, n, sizeof *run->starts, what, err)) &&
           (run->sources = arena_array(a, n, sizeof *run->sources, what, err)) &&
           (run->targets = arena_array(a, n, sizeof *run->targets, what, err)) &&
           (run->crlf = arena_array(a, n, sizeof *run->crlf, what, err)) &&
           (run->translations = arena_array(a, n, sizeof *run->translations, what, err));
}

/* Finds the paths of the models, *n = 1 or 2. If there is no model for a pair such as fr-de, two models
   lead through English. This is an error if an option needs a single model. */
static bool find_models(const Options *options, char path[2][PATH_MAX], size_t *n, Error *err) {
    bool is_alone =
        !options->pairs && !options->target && !options->reverse && !options->n_ablations;
    *n = options->onward ? 2 : 1;
    if (model_store_find(options->model, path[0], err))
        return !options->onward || model_store_find(options->onward, path[1], err);
    if (options->onward || !is_alone || !model_store_bridge(options->model, path)) return false;
    *n = 2;
    return true;
}

/* Rules that depend on the model, which option_rules.c cannot check. */
static bool check_model(const Options *options, const xattn_info *info, const char *path,
                        Error *err) {
    size_t beam = options->beam ? (size_t)options->beam : info->beam;
    if (options->no_shortlist && !info->has_shortlist)
        return error_set(err, "%s: --no-shortlist: this model has none", path);
    if (options->given[OPTION_LENGTH_PENALTY] && beam < 2)
        return error_set(err, "%s: --length-penalty needs a --beam of at least 2", path);
    return (size_t)options->nbest <= beam ||
           error_set(err, "%s: --nbest %d needs a --beam of at least %d", path, options->nbest,
                     options->nbest);
}

static bool start(Run *run, Error *err) {
    const Options *options = run->request.options;
    char path[2][PATH_MAX];
    size_t n_models;
    xattn_open_options open = {XATTN_OPEN_OPTIONS, .weights = options->weights};
    if (!alloc_window(run, err) || !lines_open(options, &run->lines, err) ||
        !find_models(options, path, &n_models, err))
        return false;
    run->model = xattn_open(path[0], &open, err);
    if (!run->model) return false;
    if (n_models > 1 && !(run->onward = xattn_open(path[1], &open, err))) return false;
    run->request.info = xattn_describe(run->onward ? run->onward : run->model);
    if (!check_model(options, run->request.info, path[n_models - 1], err)) return false;
    if (options->reverse) {
        char reverse[PATH_MAX];
        if (!model_store_find(options->reverse, reverse, err)) return false;
        run->request.reverse = xattn_open(reverse, &open, err);
        if (!run->request.reverse) return false;
    }
    run->wanted.max_length = (size_t)options->max_length;
    run->wanted.beam = (size_t)options->beam;
    run->wanted.nbest = (size_t)options->nbest;
    run->wanted.threads = (size_t)options->threads;
    run->wanted.no_shortlist = options->no_shortlist;
    run->wanted.no_split = options->no_split;
    run->wanted.target_language = options->target_language;
    run->wanted.no_copy = options->no_copy;
    run->wanted.ablations = options->ablations;
    run->wanted.n_ablations = options->n_ablations;
    run->wanted.length_penalty = options->length_penalty;
    run->wanted.no_length_penalty =
        options->given[OPTION_LENGTH_PENALTY] && options->length_penalty == 0.0F;
    if (!choice_of_maps(options, run->request.info, &run->request.maps, err)) return false;
    run->shows_progress = !options->quiet && options->input && isatty(STDERR_FILENO) &&
                          (options->output || !isatty(STDOUT_FILENO));
    return output_open(options->output, &run->output, err);
}

/* The separator of source and translation: a tab or, without a tab, ||| with the spaces around it. *end
   is its end. NULL if there is none. */
static char *separator(char *line, char **end) {
    char *tab = strchr(line, '\t'), *bars = tab ? NULL : strstr(line, "|||");
    if (tab) *end = tab + 1;
    if (!bars) return tab;
    *end = bars + strlen("|||");
    *end += strspn(*end, " ");
    while (bars > line && bars[-1] == ' ') bars--;
    return bars;
}

/* Checks that the last line is a pair, if the command needs pairs. */
static bool check_pair(const Run *run, char *line, Error *err) {
    char where[300], *end;
    return !run->request.options->pairs || !*line || separator(line, &end) ||
           error_set(err, "%s: no tab; expected source TAB translation, or source ||| translation",
                     lines_where(&run->lines, run->lines.number, where));
}

/* Appends the next line to the window's text. */
static LinesStatus add_line(Run *run, size_t i, Error *err) {
    run->starts[i] = run->text.size;
    LinesStatus status = lines_next(&run->lines, i == 0, &run->text, err);
    if (status != LINES_LINE) return status;
    buffer_byte(&run->text, '\0');
    run->crlf[i] = run->lines.crlf;
    bool ok = buffer_ok(&run->text, "a line", err) &&
              check_pair(run, run->text.data + run->starts[i], err);
    return ok ? LINES_LINE : LINES_ERROR;
}

/* Gathers a window of lines, and sets *end after the last line. Waits only for the first line. */
static bool gather(Run *run, size_t *n, bool *end, Error *err) {
    size_t most_bytes = run->most / LINES_PER_THREAD * BYTES_PER_THREAD;
    LinesStatus status = LINES_LINE;
    run->first = run->lines.number + 1;
    buffer_clear(&run->text);
    for (*n = 0; *n < run->most && run->text.size < most_bytes; ++*n)
        if ((status = add_line(run, *n, err)) != LINES_LINE) break;
    for (size_t i = 0; i < *n; i++) run->sources[i] = run->text.data + run->starts[i];
    *end = status == LINES_END || status == LINES_ERROR;
    return status != LINES_ERROR;
}

void run_warn(const Options *options, const char *where, const xattn_translation *t) {
    if (options->quiet) return;
    if (t->source_cut)
        fprintf(stderr, "xattn: %s: too long, only its first %zu pieces were translated\n", where,
                t->source.n);
    if (t->target_cut)
        fprintf(stderr, "xattn: %s: the translation was cut after %zu pieces\n", where,
                t->target.n);
    if (t->untagged)
        fprintf(stderr,
                "xattn: %s: no target language; begin it with a tag such as >>fra<<, or give "
                "--target-lang\n",
                where);
    if (t->repeats) fprintf(stderr, "xattn: %s: the translation ends by repeating itself\n", where);
    if (t->unsplit)
        fprintf(
            stderr,
            "xattn: %s: source and translation have different numbers of sentences; each was read "
            "as one\n",
            where);
}

static void show_progress(Run *run, bool end) {
    time_t now = time(NULL);
    if (!run->shows_progress || (now == run->last_progress && !end)) return;
    fprintf(stderr, "\r%zu lines%s", run->lines.number, end ? "\n" : "");
    run->last_progress = now;
}

static bool is_blank(const char *text) { return !text[strspn(text, " \t\r\n")]; }

/* Warns if one side of a pair is empty. */
static void warn_empty(const Options *options, const char *where, const xattn_translation *t) {
    bool no_source = is_blank(t->source_text), no_target = is_blank(t->text);
    if (options->quiet || no_source == no_target) return;
    fprintf(stderr, "xattn: %s: %s\n", where,
            no_source ? "the source is empty, so its translation is not read"
                      : "the translation is empty: only </s>");
}

static bool write_window(Run *run, size_t n, Error *err) {
    const Options *options = run->request.options;
    char where[300];
    for (size_t i = 0; i < n; i++) {
        const xattn_translation *t = run->translations[i];
        run->n_cut += t->source_cut || t->target_cut;
        run_warn(options, lines_where(&run->lines, run->first + i, where), t);
        if (options->pairs || options->target) warn_empty(options, where, t);
        if (!effect_print(run->model, options, &run->wanted, where, t, err)) return false;
        run->request.line_end = run->crlf[i] ? "\r\n" : "\n";
        if (!run->writer->result(&run->request, t, &run->out, err)) return false;
        run->request.n_results++;
    }
    return output_write(&run->output, &run->out, err);
}

/* Cuts line i of the window before its given translation, and returns that. */
static const char *split_pair(const Run *run, size_t i) {
    char *end, *at = separator(run->sources[i], &end);
    if (run->request.options->target) return run->request.options->target;
    if (!at) return "";  // an empty line
    *at = '\0';
    return end;
}

static bool translate_texts(Run *run, size_t n, Error *err) {
    const char *const *sources = (const char *const *)run->sources;
    if (run->onward)
        return xattn_pivot(run->model, run->onward, sources, n, &run->wanted, run->translations,
                           err);
    if (!run->request.options->pairs && !run->request.options->target)
        return xattn_translate(run->model, sources, n, &run->wanted, run->translations, err);
    for (size_t i = 0; i < n; i++) run->targets[i] = split_pair(run, i);
    return xattn_score(run->model, sources, run->targets, n, &run->wanted, run->translations, err);
}

static bool translate_window(Run *run, size_t n, Error *err) {
    char where[300];
    if (!translate_texts(run, n, err)) {
        if (err->index < 0) return false;
        return error_prefix(err, lines_where(&run->lines, run->first + (size_t)err->index, where));
    }
    bool ok = write_window(run, n, err);
    for (size_t i = 0; i < n; i++) xattn_translation_free(run->translations[i]);
    return ok;
}

/* Runs to the end of the input. If the input fails (unreadable, or invalid with --strict), the lines
   before are still translated. */
static bool run_all(Run *run, Error *err) {
    const Writer *writer = run->writer;
    bool end = false, input_ok = true;
    if (writer->begin && !writer->begin(&run->request, &run->out, err)) return false;
    while (!end) {
        size_t n;
        Error input_error = {0};
        input_ok = gather(run, &n, &end, &input_error);
        if (n && !translate_window(run, n, err)) return false;
        if (!input_ok) *err = input_error;
        show_progress(run, end);
    }
    if (input_ok && writer->end)
        return writer->end(&run->request, &run->out, err) &&
               output_write(&run->output, &run->out, err);
    return input_ok;
}

int run_translations(const Options *options, xattn_options wanted, const Writer *writer) {
    Run run = {.request = {.options = options}, .wanted = wanted, .writer = writer};
    run.output.fd = -1;
    Error err = {0};
    bool ok = start(&run, &err) && run_all(&run, &err);
    ok = output_close(&run.output, ok, &err);
    buffer_free(&run.text);
    arena_free(&run.arena);
    buffer_free(&run.out);
    lines_close(&run.lines);
    xattn_close(run.model);
    xattn_close(run.onward);
    xattn_close(run.request.reverse);
    if (!ok) return run_failed(&err);
    return options->strict && run.n_cut ? EXIT_FAILED : EXIT_DONE;
}
