/* translate.c: each text to one line */
#include "align/map_json.h"
#include "cli/commands.h"
#include "cli/run.h"

static bool write_json(const Request *request, const char *source, const xattn_translation *t,
                       Buffer *out, Error *err) {
    MapList maps = {0};
    bool with_map = request->options->align;
    if (with_map && !map_make(t, request->choice, &maps, err)) return false;
    bool ok = map_json_translation(source, t, with_map ? maps.items : NULL, out, err);
    map_list_free(&maps);
    buffer_byte(out, '\n');
    return ok;
}

static bool write_line(const Request *request, const char *source, const xattn_translation *t,
                       Buffer *out, Error *err) {
    if (request->options->json) return write_json(request, source, t, out, err);
    if (request->options->scores) buffer_format(out, "%.4f\t", t->score);
    buffer_format(out, "%s\n", t->text);
    return true;
}

int command_translate(const Options *options) {
    xattn_options wanted = {.max_length = options->max_length,
                            .scores = options->scores || options->json,
                            .attention = options->align,
                            .no_shortlist = options->no_shortlist,
                            .no_split = options->no_split};
    return run_translations(options, &wanted, write_line);
}
