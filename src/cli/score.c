/* score.c: the probability of a given translation */
#include <math.h>

#include "cli/commands.h"
#include "cli/run.h"

/* Appends the sum of log p, the number of pieces, and the perplexity, exp(-mean log p). */
static bool write_score(const Request *request, const xattn_translation *t, Buffer *out,
                        Error *err) {
    if (request->options->json) {
        bool ok = xattn_translation_json(t, NULL, out, err);
        buffer_byte(out, '\n');
        return ok;
    }
    if (t->target.n)
        buffer_format(out, "%.4f\t%zu\t%.4f", t->score, t->target.n,
                      exp(-t->score / (double)t->target.n));
    buffer_byte(out, '\n');
    return true;
}

int command_score(const Options *options) {
    return run_translations(options, (xattn_options){XATTN_OPTIONS, .scores = true},
                            &(Writer){.result = write_score});
}
