/* translate.c: a line for each text */
#include "cli/commands.h"
#include "cli/run.h"

static bool write_json(const Request *request, const xattn_translation *t, Buffer *out,
                       Error *err) {
    bool ok = xattn_translation_json(t, request->options->align ? &request->maps : NULL, out, err);
    buffer_byte(out, '\n');
    return ok;
}

/* Appends an n-best list in the format of the Moses decoder: the line's number from 0, the translation,
   the score. */
static void write_nbest(size_t line, const xattn_translation *t, Buffer *out) {
    buffer_format(out, "%zu ||| %s ||| %.4f\n", line, t->text, t->normalized_score);
    for (size_t i = 0; i < t->n_alternatives; i++) write_nbest(line, t->alternatives[i], out);
}

static bool write_line(const Request *request, const xattn_translation *t, Buffer *out,
                       Error *err) {
    if (request->options->json) return write_json(request, t, out, err);
    if (request->options->nbest) {
        write_nbest(request->n_results, t, out);
        return true;
    }
    if (request->options->scores) buffer_format(out, "%.4f\t", t->score);
    buffer_format(out, "%s%s", t->text, request->line_end);
    return true;
}

int command_translate(const Options *options) {
    bool scores = options->scores || options->json || options->nbest;
    xattn_options wanted = {XATTN_OPTIONS, .scores = scores, .attention = options->align};
    return run_translations(options, wanted, &(Writer){.result = write_line});
}
