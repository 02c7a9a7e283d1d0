/* tokenize.c: from text to pieces and back */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/lines.h"
#include "cli/output.h"
#include "cli/run.h"

/* Appends the output for a line. */
typedef bool (*LineWriter)(const Options *options, const xattn_model *model, Buffer *line,
                           Buffer *out, Error *err);

static xattn_side side_of(const Options *options) {
    return options->target_side ? XATTN_TARGET : XATTN_SOURCE;
}

static bool write_pieces(const Options *options, const xattn_model *model, Buffer *line,
                         Buffer *out, Error *err) {
    xattn_tokens *tokens =
        xattn_tokenize(model, side_of(options), line->data ? line->data : "", err);
    if (!tokens) return false;
    for (size_t i = 0; tokens->n > 1 && i < tokens->n; i++) {  // an empty line stays empty
        if (options->ids)
            buffer_format(out, "%s%d", i ? " " : "", tokens->ids[i]);
        else
            buffer_format(out, "%s%s", i ? " " : "", tokens->pieces[i]);
    }
    for (size_t i = 0; i < out->size; i++)  // a model's rules may produce line ends
        if (out->data[i] == '\n' || out->data[i] == '\r') out->data[i] = ' ';
    xattn_tokens_free(tokens);
    return true;
}

/* The piece for a word of the input. NULL with an error if there is none. */
static const char *piece_of(const Options *options, const xattn_model *model, const char *word,
                            Error *err) {
    if (!options->ids) return word;
    const xattn_info *info = xattn_describe(model);
    size_t n = options->target_side ? info->target_vocabulary : info->source_vocabulary;
    char *end;
    errno = 0;
    long id = strtol(word, &end, 10);
    bool is_id = !*end && !errno && id >= 0 && (size_t)id < n;
    if (is_id) return xattn_piece(model, side_of(options), (int)id);
    error_set(err, "%s: expected an id from 0 to %zu", word, n - 1);
    return NULL;
}

static bool write_text(const Options *options, const xattn_model *model, Buffer *line, Buffer *out,
                       Error *err) {
    const char **pieces = malloc((line->size + 1) * sizeof *pieces);
    if (!pieces) return error_memory(err, (line->size + 1) * sizeof *pieces, "pieces");
    size_t n = 0;
    bool ok = true;
    char *rest = line->data;
    for (char *word; ok && rest && (word = strtok_r(rest, " ", &rest)) != NULL;) {
        pieces[n] = piece_of(options, model, word, err);
        ok = pieces[n++] != NULL;
    }
    ok = ok && xattn_detokenize(model, side_of(options), pieces, n, out, err);
    free((void *)pieces);
    return ok;
}

static bool run_lines(const Options *options, const xattn_model *model, LineWriter write_line,
                      Lines *lines, Output *output, Error *err) {
    Buffer line = {0}, out = {0};
    bool ok = true;
    while (ok) {
        buffer_clear(&line);
        LinesStatus status = lines_next(lines, true, &line, err);
        if (status == LINES_END) break;
        ok = status == LINES_LINE;
        if (ok && !write_line(options, model, &line, &out, err)) {
            char where[300];
            ok = error_prefix(err, lines_where(lines, lines->number, where));
        }
        if (!ok) break;
        buffer_byte(&out, '\n');
        ok = output_write(output, &out, err);
    }
    buffer_free(&line);
    buffer_free(&out);
    return ok;
}

static int run(const Options *options, LineWriter write_line) {
    Error err = {0};
    xattn_model *model = NULL;
    Lines lines = {.fd = -1};
    Output output = {.fd = -1};
    const char *path;
    bool ok = lines_open(options, &lines, &err) && run_model_path(options, &path, &err) &&
              (model = xattn_open(path, NULL, &err)) &&
              output_open(options->output, &output, &err) &&
              run_lines(options, model, write_line, &lines, &output, &err);
    ok = output_close(&output, ok, &err);
    lines_close(&lines);
    xattn_close(model);
    return ok ? EXIT_DONE : run_failed(&err);
}

int command_tokenize(const Options *options) { return run(options, write_pieces); }

int command_detokenize(const Options *options) { return run(options, write_text); }
