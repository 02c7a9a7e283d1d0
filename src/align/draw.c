/* draw.c: xattn_maps_draw, which calls the function for a format */
#include "align/npy.h"
#include "align/svg.h"
#include "align/terminal.h"
#include "align/tsv.h"
#include "base/sized.h"

static bool draw_terminal(const xattn_maps *maps, const xattn_style *style, Buffer *out,
                          Error *err) {
    for (size_t k = 0; k < maps->n; k++) {
        if (k) buffer_byte(out, '\n');
        if (!terminal_draw(maps->items[k], maps->title, style, out, err)) return false;
    }
    return true;
}

static bool draw_links(const xattn_maps *maps, const xattn_style *style, Buffer *out, Error *err) {
    xattn_links links = {0};
    bool ok = true;
    for (size_t k = 0; ok && k < maps->n; k++) {
        ok = xattn_links_of(maps->items[k], style->threshold, &links, err) &&
             xattn_links_write(&links, out, err);
        buffer_byte(out, '\n');
    }
    xattn_links_free(&links);
    return ok && buffer_ok(out, "links", err);
}

bool xattn_maps_draw(const xattn_maps *maps, xattn_format format, const xattn_style *given,
                     xattn_buffer *out, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    xattn_style style;
    if (!sized_copy(given, &style, sizeof style, "xattn_style", err)) return false;
    switch (format) {
        case XATTN_TERMINAL:
            return draw_terminal(maps, &style, out, err);
        case XATTN_TSV:
            return tsv_write(maps, out, err);
        case XATTN_NPY:
            return npy_write_maps(maps, out, err);
        case XATTN_PHARAOH:
            return draw_links(maps, &style, out, err);
        case XATTN_SVG:
            return svg_draw(maps, style.lines ? SVG_LINES : SVG_HEAT, out, err);
    }
    return error_kind(err, XATTN_USAGE, "no map format has the number %d", (int)format);
}
