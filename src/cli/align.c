/* align.c: translations and their cross-attention maps */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/run.h"

/* The columns of the terminal; 0 (no limit) if the map goes elsewhere. */
static size_t terminal_width(const Options *options) {
    struct winsize size;
    if (options->output || !isatty(STDOUT_FILENO)) return 0;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    return 80;
}

static bool draw(const Request *request, const xattn_maps *maps, xattn_format format, Buffer *out,
                 Error *err) {
    const Options *options = request->options;
    xattn_style style = {XATTN_STYLE,
                         .color = options->color,
                         .ascii = options->ascii,
                         .width = terminal_width(options),
                         .lines = options->style == STYLE_LINES,
                         .threshold = options->threshold};
    return xattn_maps_draw(maps, format, &style, out, err);
}

/* The links of the model that translates back, as source-target. */
static bool links_back(const Request *request, const xattn_translation *t, xattn_links *links,
                       Error *err) {
    const Options *options = request->options;
    xattn_options wanted = {XATTN_OPTIONS, .attention = true, .no_split = options->no_split,
                            .no_copy = options->no_copy};
    xattn_map_options words = {XATTN_MAP_OPTIONS, .words = true, .tokens = options->tokens,
                               .no_eos = options->no_eos};
    xattn_translation *back;
    if (!xattn_score(request->reverse, &t->text, &t->source_text, 1, &wanted, &back, err))
        return false;
    xattn_links reverse = {0};
    xattn_maps *maps = xattn_maps_of(back, &words, err);
    bool ok = maps && xattn_links_of(maps->items[0], options->threshold, &reverse, err) &&
              xattn_links_flip(&reverse, links, err);
    xattn_links_free(&reverse);
    xattn_maps_free(maps);
    xattn_translation_free(back);
    return ok;
}

/* Combines a map's links with those of the model that translates back. */
static bool join_both_ways(const Request *request, const xattn_translation *t, xattn_links *links,
                           Error *err) {
    xattn_links forward = *links, back = {0}, both = {0};
    bool ok = links_back(request, t, &back, err);
    if (ok && request->options->symmetrize == SYMMETRIZE_INTERSECT)
        ok = xattn_links_intersect(&forward, &back, &both, err);
    else if (ok)
        ok = xattn_links_grow_diag_final(&forward, &back, &both, err);
    xattn_links_free(&forward);
    xattn_links_free(&back);
    *links = both;
    return ok;
}

/* Appends a tab and the words of one side, with spaces between. */
static void append_words(const xattn_label *labels, size_t n, Buffer *out) {
    const char *between = "";
    buffer_byte(out, '\t');
    for (size_t i = 0; i < n; i++) {
        if (labels[i].eos) continue;
        buffer_format(out, "%s%s", between, labels[i].text);
        between = " ";
    }
}

/* Appends a line of links for every map. */
static bool write_links(const Request *request, const xattn_translation *t, const xattn_maps *maps,
                        Buffer *out, Error *err) {
    const Options *options = request->options;
    xattn_links links = {0};
    bool ok = true;
    for (size_t k = 0; ok && k < maps->n; k++) {
        const xattn_map *map = maps->items[k];
        ok = xattn_links_of(map, options->threshold, &links, err) &&
             (!request->reverse || !t->target.n || join_both_ways(request, t, &links, err)) &&
             xattn_links_write(&links, out, err);
        if (options->link_words) append_words(map->source, map->n_source, out);
        if (options->link_words) append_words(map->target, map->n_target, out);
        buffer_byte(out, '\n');
    }
    xattn_links_free(&links);
    return ok;
}

static bool write_maps(const Request *request, const xattn_translation *t, const xattn_maps *maps,
                       Buffer *out, Error *err) {
    bool ok = false;
    switch (request->options->format) {
        case FORMAT_TERMINAL:
            ok = draw(request, maps, XATTN_TERMINAL, out, err);
            buffer_byte(out, '\n');
            break;
        case FORMAT_TSV:
            ok = draw(request, maps, XATTN_TSV, out, err);
            buffer_byte(out, '\n');
            break;
        case FORMAT_NPY:
            return draw(request, maps, XATTN_NPY, out, err);
        case FORMAT_SVG:
            return draw(request, maps, XATTN_SVG, out, err);
        case FORMAT_PHARAOH:
            return write_links(request, t, maps, out, err);
        case FORMAT_JSON:
        case FORMAT_HTML:
        case N_FORMATS:
            break;
    }
    return ok;
}

static bool write_result(const Request *request, const xattn_translation *t, Buffer *out,
                         Error *err) {
    Format format = request->options->format;
    if (request->n_results && (format == FORMAT_NPY || format == FORMAT_SVG))
        return error_set(err, "--format %s holds one sentence; this input has more",
                         format == FORMAT_NPY ? "npy" : "svg");
    if (format == FORMAT_HTML) return xattn_html_translation(t, &request->maps, out, err);
    if (format == FORMAT_JSON) {
        bool ok = xattn_translation_json(t, &request->maps, out, err);
        buffer_byte(out, '\n');
        return ok;
    }
    xattn_maps *maps = xattn_maps_of(t, &request->maps, err);
    bool ok = maps && write_maps(request, t, maps, out, err);
    xattn_maps_free(maps);
    return ok;
}

static bool begin_html(const Request *request, Buffer *out, Error *err) {
    (void)request;
    return xattn_html_begin("xattn: cross-attention", out, err);
}

static bool end_html(const Request *request, Buffer *out, Error *err) {
    (void)request;
    return xattn_html_end(out, err);
}

int command_align(const Options *options) {
    enum { RUNNERS_UP = 5 };
    Writer writer = {.result = write_result};
    xattn_options wanted = {XATTN_OPTIONS, .attention = true};
    if (options->format == FORMAT_HTML) {
        writer.begin = begin_html;
        writer.end = end_html;
        wanted.scores = true;
        wanted.runners_up = RUNNERS_UP;
    }
    return run_translations(options, wanted, &writer);
}
