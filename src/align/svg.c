#include "align/svg.h"

#include "align/markup.h"
#include "text/width.h"

/* Lengths in pixels. */
enum {
    FONT = 15,
    PER_COLUMN = 9,  // for each column of a terminal: an upper bound for an average letter
    MARGIN = 20,
    LABEL_GAP = 8,  // between a label and its cell or line
    CELL_WIDTH = 44,
    CELL_HEIGHT = 28,
    CAPTION = 30,   // the line below a map
    SCALE = 34,     // the line below them all
    WORD_GAP = 22,  // between the words of a line
    BRIDGE = 120    // between the two lines of words
};

static const float LEAST_LINE = 0.05f;  // weaker links have no line

/* Steps of equal lightness (OKLCH, 0.985 to 0.355), from 0 to 1. */
static const unsigned char RAMP[][3] = {
    {0xF2, 0xFD, 0xFC}, {0xC7, 0xEE, 0xEF}, {0x9A, 0xDE, 0xE8}, {0x6E, 0xCC, 0xE3},
    {0x41, 0xB8, 0xDF}, {0x09, 0xA2, 0xDA}, {0x06, 0x8A, 0xCD}, {0x03, 0x73, 0xC3},
    {0x14, 0x5A, 0xB7}, {0x24, 0x42, 0xA2}, {0x2A, 0x2B, 0x89},
};
enum { N_RAMP = sizeof RAMP / sizeof *RAMP };

/* The measures of a panel, the same for all panels of a document. */
typedef struct {
    int width, height;
    int left, top;  // the corner of the cells
    bool slanted;   // slanted source labels, because some are wider than a cell
} Layout;

/* ---- Text ---- */

/* Writes the label for people to `shown`, without characters that XML forbids. Returns its columns. */
static size_t show_label(const xattn_map *map, const xattn_label *label, Buffer *shown) {
    Buffer raw = {0};
    map_show_label(map, label, &raw);
    size_t columns = raw.data ? width_print(raw.data, 0, "", shown) : 0;
    shown->failed |= raw.failed;
    buffer_free(&raw);
    return columns;
}

static void write_label(const xattn_map *map, const xattn_label *label, Buffer *out) {
    Buffer shown = {0};
    show_label(map, label, &shown);
    if (shown.data) markup_text(shown.data, out);
    out->failed |= shown.failed;
    buffer_free(&shown);
}

/* The width of a label. `out` only records a lack of memory. */
static int label_width(const xattn_map *map, const xattn_label *label, Buffer *out) {
    Buffer shown = {0};
    size_t columns = show_label(map, label, &shown);
    out->failed |= shown.failed;
    buffer_free(&shown);
    return (int)(columns < 1000 ? columns : 1000) * PER_COLUMN;
}

static int widest(const xattn_map *map, const xattn_label *labels, size_t n, Buffer *out) {
    int most = 0;
    for (size_t i = 0; i < n; i++) {
        int width = label_width(map, labels + i, out);
        if (width > most) most = width;
    }
    return most;
}

/* Draws a label with its anchor at x, y. */
static void draw_label(const xattn_map *map, const xattn_label *label, int x, int y,
                       const char *anchor, bool slanted, Buffer *out) {
    buffer_format(out, "<text transform=\"translate(%d %d)%s\" text-anchor=\"%s\"%s>", x, y,
                  slanted ? " rotate(-45)" : "", anchor, label->eos ? " fill=\"#8a8f98\"" : "");
    write_label(map, label, out);
    buffer_string(out, "</text>\n");
}

/* "chat ← cat: 91.3%", the tooltip of a cell or a line. */
static void write_title(const xattn_map *map, size_t i, size_t j, Buffer *out) {
    buffer_string(out, "<title>");
    write_label(map, map->target + i, out);
    buffer_string(out, " \u2190 ");
    write_label(map, map->source + j, out);
    buffer_format(out, ": %.1f%%</title>", 100.0 * (double)map->cells[i * map->n_source + j]);
}

/* Draws the map's layer and head, or the title of a table from the caller. */
static void draw_caption(const xattn_map *map, const char *title, int x, int y, Buffer *out) {
    Buffer shown = {0};
    map_describe(map, &shown);
    if (!shown.size && !shown.failed) width_print(title, 0, "", &shown);
    buffer_format(out, "<text x=\"%d\" y=\"%d\" font-size=\"13\" fill=\"#6b7280\">", x, y);
    if (shown.data) markup_text(shown.data, out);
    buffer_string(out, "</text>\n");
    out->failed |= shown.failed;
    buffer_free(&shown);
}

/* ---- Colour ---- */

/* Writes a colour between the two nearest steps of the ramp. */
static void write_color(float p, Buffer *out) {
    float at = p > 0.0f ? (p < 1.0f ? p : 1.0f) * (N_RAMP - 1) : 0.0f;
    int step = (int)at < N_RAMP - 2 ? (int)at : N_RAMP - 2;
    float rest = at - (float)step;
    buffer_byte(out, '#');
    for (int k = 0; k < 3; k++) {
        float from = RAMP[step][k], to = RAMP[step + 1][k];
        buffer_format(out, "%02x", (unsigned)(from + (to - from) * rest + 0.5f));
    }
}

/* The attribute of text on the colour of a share, with a contrast of at least 4.5:1. The picture's own
   near-black has it up to 59 %; from there to 67 % nothing but black has it. */
static const char *ink(float p) {
    return p > 0.67f ? " fill=\"#ffffff\"" : p > 0.59f ? " fill=\"#000000\"" : "";
}

static void draw_scale(int y, Buffer *out) {
    buffer_string(out, "<defs><linearGradient id=\"scale\">");
    for (int i = 0; i < N_RAMP; i++) {
        buffer_format(out, "<stop offset=\"%d%%\" stop-color=\"", 100 * i / (N_RAMP - 1));
        write_color((float)i / (N_RAMP - 1), out);
        buffer_string(out, "\"/>");
    }
    buffer_format(out,
                  "</linearGradient></defs>\n<g font-size=\"12\" fill=\"#6b7280\">"
                  "<text x=\"%d\" y=\"%d\">0%%</text>"
                  "<rect x=\"%d\" y=\"%d\" width=\"120\" height=\"10\" rx=\"3\" "
                  "fill=\"url(#scale)\"/><text x=\"%d\" y=\"%d\">100%%</text></g>\n",
                  MARGIN, y, MARGIN + 26, y - 10, MARGIN + 154, y);
}

/* ---- Heat map ---- */

static int slant(int length) { return length * 71 / 100; }  // a side of its square at 45 degrees

static Layout layout_heat(const xattn_map *map, Buffer *out) {
    int columns = widest(map, map->source, map->n_source, out);
    Layout layout = {.slanted = columns > CELL_WIDTH - 2};
    layout.left = MARGIN + widest(map, map->target, map->n_target, out) + LABEL_GAP;
    layout.top = MARGIN + (layout.slanted ? slant(columns) : 0) + FONT + LABEL_GAP;
    layout.width = layout.left + (int)map->n_source * CELL_WIDTH + MARGIN;
    layout.height = layout.top + (int)map->n_target * CELL_HEIGHT + CAPTION;
    for (size_t j = 0; layout.slanted && j < map->n_source; j++) {
        int end = layout.left + (int)j * CELL_WIDTH + CELL_WIDTH / 2 + FONT + MARGIN +
                  slant(label_width(map, map->source + j, out));
        if (end > layout.width) layout.width = end;
    }
    return layout;
}

static void draw_cell(const xattn_map *map, size_t i, size_t j, const Layout *layout, Buffer *out) {
    float p = map->cells[i * map->n_source + j];
    int x = layout->left + (int)j * CELL_WIDTH, y = layout->top + (int)i * CELL_HEIGHT;
    bool strongest = j == map_strongest(map, i);
    buffer_format(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"", x + 1,
                  y + 1, CELL_WIDTH - 2, CELL_HEIGHT - 2);
    write_color(p, out);
    buffer_string(out, strongest ? "\" stroke=\"#10163a\" stroke-width=\"1.5\">" : "\">");
    write_title(map, i, j, out);
    buffer_string(out, "</rect>\n");
    if (!strongest) return;
    buffer_format(out,
                  "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-size=\"12\" "
                  "font-weight=\"bold\" pointer-events=\"none\"%s>%.0f</text>\n",
                  x + CELL_WIDTH / 2, y + CELL_HEIGHT / 2 + 4, ink(p), 100.0 * (double)p);
}

static void draw_heat(const xattn_map *map, const char *title, const Layout *layout, Buffer *out) {
    int half = CELL_WIDTH / 2;
    for (size_t j = 0; j < map->n_source; j++) {
        int x = layout->left + (int)j * CELL_WIDTH + half + (layout->slanted ? FONT / 3 : 0);
        draw_label(map, map->source + j, x, layout->top - LABEL_GAP,
                   layout->slanted ? "start" : "middle", layout->slanted, out);
    }
    for (size_t i = 0; i < map->n_target; i++) {
        int y = layout->top + (int)i * CELL_HEIGHT + CELL_HEIGHT / 2 + FONT / 3;
        draw_label(map, map->target + i, layout->left - LABEL_GAP, y, "end", false, out);
        for (size_t j = 0; j < map->n_source; j++) draw_cell(map, i, j, layout, out);
    }
    draw_caption(map, title, layout->left,
                 layout->top + (int)map->n_target * CELL_HEIGHT + FONT + 7, out);
}

/* ---- Lines ---- */

static int line_width(const xattn_map *map, const xattn_label *labels, size_t n, Buffer *out) {
    int width = 0;
    for (size_t i = 0; i < n; i++) width += label_width(map, labels + i, out) + WORD_GAP;
    return width ? width - WORD_GAP : 0;
}

static Layout layout_lines(const xattn_map *map, Buffer *out) {
    int source = line_width(map, map->source, map->n_source, out);
    int target = line_width(map, map->target, map->n_target, out);
    return (Layout){.width = 2 * MARGIN + (source > target ? source : target),
                    .height = MARGIN + 2 * FONT + BRIDGE + LABEL_GAP + CAPTION,
                    .left = MARGIN,
                    .top = MARGIN + FONT};
}

/* The middle of word i in a line that is centred in the panel. */
static int middle_of(const xattn_map *map, const xattn_label *labels, size_t n, size_t i,
                     const Layout *layout, Buffer *out) {
    int width = line_width(map, labels, n, out);
    int before = i ? line_width(map, labels, i, out) + WORD_GAP : 0;
    return (layout->width - width) / 2 + before + label_width(map, labels + i, out) / 2;
}

static void draw_link(const xattn_map *map, size_t i, size_t j, const Layout *layout, Buffer *out) {
    float p = map->cells[i * map->n_source + j];
    if (!(p >= LEAST_LINE)) return;
    int from = middle_of(map, map->source, map->n_source, j, layout, out);
    int to = middle_of(map, map->target, map->n_target, i, layout, out);
    int top = layout->top + LABEL_GAP, bottom = layout->top + BRIDGE - LABEL_GAP;
    buffer_format(out, "<path d=\"M%d %dC%d %d %d %d %d %d\" stroke=\"", from, top, from,
                  (top + bottom) / 2, to, (top + bottom) / 2, to, bottom);
    write_color(0.35f + 0.55f * p, out);
    buffer_format(out, "\" stroke-width=\"%.1f\" stroke-opacity=\"%.2f\">", 1.0 + 4.0 * (double)p,
                  0.25 + 0.75 * (double)p);
    write_title(map, i, j, out);
    buffer_string(out, "</path>\n");
}

static void draw_lines(const xattn_map *map, const char *title, const Layout *layout, Buffer *out) {
    buffer_string(out, "<g fill=\"none\" stroke-linecap=\"round\">\n");
    for (size_t i = 0; i < map->n_target; i++)
        for (size_t j = 0; j < map->n_source; j++) draw_link(map, i, j, layout, out);
    buffer_string(out, "</g>\n");
    int below = layout->top + BRIDGE + FONT;
    for (size_t j = 0; j < map->n_source; j++)
        draw_label(map, map->source + j, middle_of(map, map->source, map->n_source, j, layout, out),
                   layout->top, "middle", false, out);
    for (size_t i = 0; i < map->n_target; i++)
        draw_label(map, map->target + i, middle_of(map, map->target, map->n_target, i, layout, out),
                   below, "middle", false, out);
    draw_caption(map, title, MARGIN, below + FONT + 15, out);
}

/* ---- Document ---- */

static void open_document(int width, int height, Buffer *out) {
    buffer_format(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                  "viewBox=\"0 0 %d %d\" font-family=\"'Noto Sans','DejaVu Sans',sans-serif\" "
                  "font-size=\"%d\" fill=\"#1a1d21\">\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
                  width, height, width, height, FONT);
}

/* The number of panels in a row: the maps of the first layer. */
static int count_across(const xattn_maps *maps) {
    size_t n = 1;
    while (n < maps->n && maps->items[n]->layer == maps->items[0]->layer) n++;
    return (int)n;
}

bool svg_draw(const xattn_maps *maps, SvgStyle style, Buffer *out, Error *err) {
    Layout panel = {.width = 2 * MARGIN, .height = 2 * MARGIN};
    int across = count_across(maps), down = maps->n ? (int)maps->n / across : 1;
    int scale = style == SVG_HEAT && maps->n ? SCALE : 0;
    if (maps->n)
        panel = style == SVG_HEAT ? layout_heat(maps->items[0], out)
                                  : layout_lines(maps->items[0], out);
    int width = panel.width * across, height = panel.height * down;
    open_document(width, height + scale, out);
    for (int k = 0; k < (int)maps->n; k++) {
        buffer_format(out, "<g transform=\"translate(%d %d)\">\n", k % across * panel.width,
                      k / across * panel.height);
        if (style == SVG_HEAT)
            draw_heat(maps->items[k], maps->title, &panel, out);
        else
            draw_lines(maps->items[k], maps->title, &panel, out);
        buffer_string(out, "</g>\n");
    }
    if (scale) draw_scale(height + SCALE / 2, out);
    buffer_string(out, "</svg>\n");
    return buffer_ok(out, "a picture", err);
}
