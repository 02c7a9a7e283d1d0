/* align.c: each text's translation and its cross-attention maps */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "align/html/html.h"
#include "align/map_json.h"
#include "align/npy.h"
#include "align/pharaoh.h"
#include "align/svg.h"
#include "align/terminal.h"
#include "align/tsv.h"
#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/run.h"

/* Columns of the terminal; 0, which is no limit, if the map goes elsewhere. */
static int terminal_width(const Options *options) {
    struct winsize size;
    if (options->output || !isatty(STDOUT_FILENO)) return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

static bool write_terminal(const Request *request, const xattn_translation *t, const MapList *maps,
                           Buffer *out, Error *err) {
    const Options *options = request->options;
    TerminalStyle style = {options->color, options->ascii, terminal_width(options)};
    for (size_t i = 0; i < maps->n; i++) {
        const char *remark = choice_remark(&request->info, &maps->items[i]);
        if (!terminal_draw(&maps->items[i], t->text, remark, style, out, err)) return false;
        buffer_byte(out, '\n');
    }
    return true;
}

/* Links by the words of both directions: the model's own, and those of the model that translates
   back, made one. */
static bool link_both_ways(const Request *request, const char *source, const xattn_translation *t,
                           const LinkSet *forward, LinkSet *links, Error *err) {
    const Options *options = request->options;
    xattn_info info = xattn_describe(request->reverse);
    xattn_options wanted = {.attention = true};
    xattn_translation back;
    xattn_error error;
    MapList maps = {0};
    LinkSet reverse = {0}, flipped = {0};
    MapChoice choice = map_default(&info);
    choice.words = true;
    choice.drop_eos = options->no_eos;
    if (!xattn_score(request->reverse, &t->text, &source, 1, &wanted, &back, &error))
        return error_set(err, "%s", error.text);
    bool ok = map_make(&back, choice, &maps, err) &&
              pharaoh_from_map(&maps.items[0], options->threshold, &reverse, err) &&
              pharaoh_flip(&reverse, &flipped, err);
    if (ok && options->symmetrize == SYMMETRIZE_INTERSECT)
        ok = pharaoh_intersect(forward, &flipped, links, err);
    else if (ok)
        ok = pharaoh_grow_diag_final(forward, &flipped, links, err);
    link_set_free(&reverse);
    link_set_free(&flipped);
    map_list_free(&maps);
    xattn_translation_free(&back);
    return ok;
}

static bool write_pharaoh(const Request *request, const char *source, const xattn_translation *t,
                          const Map *map, Buffer *out, Error *err) {
    LinkSet forward = {0}, both = {0};
    bool two_ways = request->reverse && t->target.n;
    bool ok = pharaoh_from_map(map, request->options->threshold, &forward, err) &&
              (!two_ways || link_both_ways(request, source, t, &forward, &both, err)) &&
              pharaoh_write(two_ways ? &both : &forward, out, err);
    link_set_free(&forward);
    link_set_free(&both);
    return ok;
}

static bool write_maps(const Request *request, const char *source, const xattn_translation *t,
                       const MapList *maps, Buffer *out, Error *err) {
    const Options *options = request->options;
    bool ok = false;
    switch (options->format) {
        case FORMAT_TERMINAL:
            return write_terminal(request, t, maps, out, err);
        case FORMAT_NPY:
            return npy_write_maps(maps, out, err);
        case FORMAT_SVG:
            return svg_draw(maps, options->style, out, err);
        case FORMAT_HTML:
            return html_sentence(source, t, out, err);
        case FORMAT_JSON:
            ok = map_json_alignment(source, t->text, maps, out, err);
            break;
        case FORMAT_TSV:
            ok = tsv_write(maps, out, err);
            break;
        case FORMAT_PHARAOH:
            ok = write_pharaoh(request, source, t, maps->items, out, err);
            break;
        case N_FORMATS:
            break;
    }
    buffer_byte(out, '\n');
    return ok;
}

static bool write_result(const Request *request, const char *source, const xattn_translation *t,
                         Buffer *out, Error *err) {
    Format format = request->options->format;
    MapList maps = {0};
    if (request->n_results && (format == FORMAT_NPY || format == FORMAT_SVG))
        return error_set(err, "--format %s holds one sentence; this input has more",
                         format == FORMAT_NPY ? "npy" : "svg");
    if (!map_make(t, request->choice, &maps, err)) return false;
    bool ok = write_maps(request, source, t, &maps, out, err);
    map_list_free(&maps);
    return ok;
}

static bool begin_html(const Request *request, Buffer *out, Error *err) {
    MapChoice usual = map_default(&request->info);
    bool is_usual = request->choice.layer == usual.layer && request->choice.head == usual.head;
    const char *remark =
        request->info.has_alignment_head && is_usual ? "the model's alignment head" : NULL;
    return html_begin("xattn: cross-attention", request->choice, remark, out, err);
}

static bool end_html(const Request *request, Buffer *out, Error *err) {
    (void)request;
    return html_end(out, err);
}

int command_align(const Options *options) {
    enum { RUNNERS_UP = 5 };
    Writer writer = {.result = write_result};
    xattn_options wanted = {.attention = true};
    if (options->format == FORMAT_HTML) {
        writer.begin = begin_html;
        writer.end = end_html;
        wanted.scores = true;
        wanted.runners_up = RUNNERS_UP;
    }
    return run_translations(options, wanted, &writer);
}
