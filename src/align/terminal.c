#include "align/terminal.h"

#include "base/arena.h"
#include "text/width.h"

enum {
    MIN_COLUMN = 4,      // a strongest cell has a shade, two digits, a shade
    MAX_COLUMN = 14,     // longer source labels are shortened
    MAX_ROW_LABEL = 24,  // target labels, too, which get at most a third of the terminal
    MIN_ROW_LABEL = 6,   // but never less than this
    INDENT = 2,
    GAP = 2  // between columns
};

/* The characters of the drawing. */
typedef struct {
    const char *ellipsis, *shades[5];
} Ink;

static const Ink UNICODE_INK = {"…", {"·", "░", "▒", "▓", "█"}};
static const Ink ASCII_INK = {"..", {".", ":", "+", "*", "#"}};
static const float SHADE_FROM[5] = {0.0f, 0.05f, 0.2f, 0.4f, 0.7f};

/* Of the 256-colour palette, in steps of about 8.5 of CIE lightness (10, 21, 29, 38 … 88). */
static const int RAMP[] = {234, 53, 89, 125, 161, 197, 203, 209, 215, 222};
enum { N_RAMP = sizeof RAMP / sizeof *RAMP, DARK_RAMP = 6, WHITE = 231, BLACK = 16 };

/* A label ready for output. */
typedef struct {
    const char *text;
    size_t columns;
} Tag;

/* The state of a drawing. */
typedef struct {
    const xattn_map *map;
    const xattn_style *style;
    const Ink *ink;
    Tag *rows, *columns;  // [n_target], [n_source]
    size_t row_label;     // columns of the widest row label
    Buffer *out;
    Arena memory;
} Sheet;

static void pad(Buffer *out, size_t n) {
    while (n--) buffer_byte(out, ' ');
}

static void paint(const Sheet *sheet, const char *escape) {
    if (sheet->style->color) buffer_string(sheet->out, escape);
}

/* ---- Labels ---- */

/* Appends text in at most `limit` columns (0: no limit), isolated if it runs from right to left. */
static size_t append_isolated(const Sheet *sheet, const char *text, size_t limit, Buffer *out) {
    bool isolate = !sheet->style->ascii && width_runs_left(text);
    if (isolate) buffer_string(out, "\u2068");
    size_t columns = width_print(text, limit, sheet->ink->ellipsis, out);
    if (isolate) buffer_string(out, "\u2069");
    return columns;
}

static bool make_tag(const xattn_label *label, size_t limit, Sheet *sheet, Tag *tag, Error *err) {
    Buffer raw = {0}, shown = {0};
    map_show_label(sheet->map, label, &raw);
    bool ok = buffer_ok(&raw, "a label", err);
    if (ok && raw.data) tag->columns = append_isolated(sheet, raw.data, limit, &shown);
    ok = ok && buffer_ok(&shown, "a label", err);
    if (ok) tag->text = arena_string(&sheet->memory, shown.data ? shown.data : "", shown.size, err);
    buffer_free(&raw);
    buffer_free(&shown);
    return tag->text != NULL;
}

static Tag *make_tags(const xattn_label *labels, size_t n, size_t limit, Sheet *sheet, Error *err) {
    Tag *tags = arena_array(&sheet->memory, n, sizeof *tags, "labels", err);
    for (size_t i = 0; tags && i < n; i++)
        if (!make_tag(labels + i, limit, sheet, tags + i, err)) return NULL;
    return tags;
}

/* Dim labels belong to the map but not to the sentence. */
static void write_tag(const Sheet *sheet, const Tag *tag, bool dim) {
    if (dim) paint(sheet, "\x1b[2m");
    buffer_string(sheet->out, tag->text);
    if (dim) paint(sheet, "\x1b[22m");
}

static size_t column_width(const Sheet *sheet, size_t column) {
    size_t columns = sheet->columns[column].columns;
    return columns > MIN_COLUMN ? columns : MIN_COLUMN;
}

static bool label_sheet(Sheet *sheet, Error *err) {
    const xattn_map *map = sheet->map;
    size_t third = sheet->style->width ? sheet->style->width / 3 : MAX_ROW_LABEL;
    size_t limit = third > MAX_ROW_LABEL ? MAX_ROW_LABEL : third;
    if (limit < MIN_ROW_LABEL) limit = MIN_ROW_LABEL;
    sheet->rows = make_tags(map->target, map->n_target, limit, sheet, err);
    sheet->columns = make_tags(map->source, map->n_source, MAX_COLUMN, sheet, err);
    if (!sheet->rows || !sheet->columns) return false;
    for (size_t i = 0; i < map->n_target; i++)
        if (sheet->rows[i].columns > sheet->row_label) sheet->row_label = sheet->rows[i].columns;
    return true;
}

/* ---- Cells ---- */

static const char *shade_of(const Sheet *sheet, float p) {
    size_t shade = 0;
    while (shade + 1 < 5 && p >= SHADE_FROM[shade + 1]) shade++;
    return sheet->ink->shades[shade];
}

static int percent(float p) { return p > 0.0f ? p < 0.995f ? (int)(100.0f * p + 0.5f) : 99 : 0; }

/* Draws a cell: a shade, two digits and a shade for the strongest of a row; otherwise two shades, or a
   dot. */
static void draw_shaded(const Sheet *sheet, float p, bool strongest, size_t width) {
    const char *shade = shade_of(sheet, p);
    size_t wide = strongest ? MIN_COLUMN : p < SHADE_FROM[1] ? 1 : 2, left = (width - wide) / 2;
    pad(sheet->out, left);
    if (strongest)
        buffer_format(sheet->out, "%s%2d%s", shade, percent(p), shade);
    else
        for (size_t i = 0; i < wide; i++) buffer_string(sheet->out, shade);
    pad(sheet->out, width - left - wide);
}

/* Paints the whole cell, with the percentage in the strongest one. */
static void draw_painted(const Sheet *sheet, float p, bool strongest, size_t width) {
    int step = p > 0.0f ? (int)(p * N_RAMP) : 0;
    if (step >= N_RAMP) step = N_RAMP - 1;
    buffer_format(sheet->out, "\x1b[48;5;%dm", RAMP[step]);
    if (!strongest) {
        pad(sheet->out, width);
        return;
    }
    size_t left = (width - 2) / 2;
    pad(sheet->out, left);
    buffer_format(sheet->out, "\x1b[1;38;5;%dm%2d\x1b[22;39m", step < DARK_RAMP ? WHITE : BLACK,
                  percent(p));
    pad(sheet->out, width - left - 2);
}

/* ---- Lines ---- */

/* Ends a line, without trailing spaces, which could make it wrap. */
static void end_line(const Sheet *sheet) {
    Buffer *out = sheet->out;
    while (!out->failed && out->size && out->data[out->size - 1] == ' ')
        out->data[--out->size] = '\0';
    buffer_byte(out, '\n');
}

static void draw_column_labels(const Sheet *sheet, size_t first, size_t end) {
    pad(sheet->out, INDENT + sheet->row_label);
    for (size_t j = first; j < end; j++) {
        const Tag *tag = sheet->columns + j;
        size_t space = column_width(sheet, j) - tag->columns, left = space / 2;
        pad(sheet->out, GAP + left);
        write_tag(sheet, tag, sheet->map->source[j].eos);
        pad(sheet->out, space - left);
    }
    end_line(sheet);
}

static void draw_row(const Sheet *sheet, size_t row, size_t first, size_t end) {
    const xattn_map *map = sheet->map;
    const Tag *tag = sheet->rows + row;
    size_t strongest = map_strongest(map, row);
    pad(sheet->out, INDENT + sheet->row_label - tag->columns);
    write_tag(sheet, tag, map->target[row].eos);
    pad(sheet->out, GAP / 2);
    for (size_t j = first; j < end; j++) {
        float p = map->cells[row * map->n_source + j];
        if (sheet->style->color) {
            draw_painted(sheet, p, j == strongest, column_width(sheet, j) + GAP);
        } else {
            draw_shaded(sheet, p, j == strongest, column_width(sheet, j) + GAP);
        }
    }
    paint(sheet, "\x1b[0m");
    end_line(sheet);
}

/* The end of the columns that fit beside the row labels; always at least one. */
static size_t block_end(const Sheet *sheet, size_t first) {
    size_t taken = INDENT + sheet->row_label + GAP / 2, end = first;
    size_t limit = sheet->style->width ? sheet->style->width : (size_t)-1;
    while (end < sheet->map->n_source) {
        taken += GAP + column_width(sheet, end);
        if (taken > limit && end > first) break;
        end++;
    }
    return end;
}

/* Draws the translation and, at the right edge of the map, its layer and head, if both fit. */
static void draw_heading(const Sheet *sheet, const char *title, size_t edge) {
    Buffer what = {0};
    map_describe(sheet->map, &what);
    if (sheet->map->is_trained) buffer_string(&what, " (the model's alignment head)");
    if (what.failed) sheet->out->failed = true;

    paint(sheet, "\x1b[1m");
    size_t left = append_isolated(sheet, title, 0, sheet->out), right = what.size;
    paint(sheet, "\x1b[22m");
    if (left && sheet->style->width && left + 3 + right > sheet->style->width)
        end_line(sheet);
    else if (left)
        pad(sheet->out, left + 3 + right <= edge ? edge - left - right : 3);
    paint(sheet, "\x1b[2m");
    if (what.data) buffer_string(sheet->out, what.data);
    paint(sheet, "\x1b[22m");
    end_line(sheet);
    buffer_free(&what);
}

static void draw_legend(const Sheet *sheet) {
    buffer_byte(sheet->out, '\n');
    pad(sheet->out, INDENT + sheet->row_label + 2);
    if (sheet->style->color) {
        buffer_string(sheet->out, "\x1b[2m0%\x1b[22m ");
        for (int i = 0; i < N_RAMP; i++) buffer_format(sheet->out, "\x1b[48;5;%dm  ", RAMP[i]);
        buffer_string(sheet->out, "\x1b[0m \x1b[2m100%\x1b[22m");
    } else {
        for (int i = 1; i < 5; i++)
            buffer_format(sheet->out, "%s%s %.0f%%", i > 1 ? "  " : "", sheet->ink->shades[i],
                          100.0 * (double)SHADE_FROM[i]);
        buffer_string(sheet->out, " and more");
    }
    end_line(sheet);
}

static size_t right_edge(const Sheet *sheet, size_t first, size_t end) {
    size_t edge = INDENT + sheet->row_label;
    for (size_t j = first; j < end; j++) edge += GAP + column_width(sheet, j);
    return edge;
}

static void draw(const Sheet *sheet, const char *title) {
    const xattn_map *map = sheet->map;
    bool empty = !map->n_target || !map->n_source;
    size_t end = empty ? 0 : block_end(sheet, 0);
    draw_heading(sheet, title, right_edge(sheet, 0, end));
    for (size_t first = 0; !empty && first < map->n_source; first = end) {
        end = block_end(sheet, first);
        buffer_byte(sheet->out, '\n');
        draw_column_labels(sheet, first, end);
        for (size_t row = 0; row < map->n_target; row++) draw_row(sheet, row, first, end);
    }
    if (!empty) draw_legend(sheet);
}

bool terminal_draw(const xattn_map *map, const char *title, const xattn_style *style, Buffer *out,
                   Error *err) {
    Sheet sheet = {
        .map = map, .style = style, .ink = style->ascii ? &ASCII_INK : &UNICODE_INK, .out = out};
    bool ok = label_sheet(&sheet, err);
    if (ok) draw(&sheet, title);
    arena_free(&sheet.memory);
    return ok && buffer_ok(out, "a map", err);
}
