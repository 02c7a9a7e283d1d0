/* Everything that writes maps, on sentences and attention of any kind: the output is read back. JSON
   is parsed and holds the same strings, SVG is well-formed, the HTML report's data cannot end its
   script, a table has as many cells as it should. */
#include "align/html/html.h"
#include "align/map_json.h"
#include "align/npy.h"
#include "align/pharaoh.h"
#include "align/svg.h"
#include "align/terminal.h"
#include "align/tsv.h"
#include "base/json.h"
#include "fuzz.h"
#include "xml.h"

enum { MOST_PIECES = 12, LAYERS = 2, HEADS = 2 };

/* A text and pieces of it, which own their memory. */
typedef struct {
    char *text;
    xattn_tokens tokens;
    char *pieces[MOST_PIECES];
    int ids[MOST_PIECES];
} Side;

/* Cuts the text into pieces of as many characters as `steps` says, a space in front shown as ▁; what
   is too long for the table is left out. */
static void make_side(FuzzInput text, FuzzInput steps, Side *side) {
    *side = (Side){.text = fuzz_string(text)};
    side->tokens = (xattn_tokens){0, side->pieces, side->ids};
    const uint8_t *at = (const uint8_t *)side->text;
    while (*at && side->tokens.n + 1 < MOST_PIECES) {
        Buffer piece = {0};
        if (*at == ' ') buffer_string(&piece, "\xE2\x96\x81");
        if (*at == ' ') at++;
        for (size_t left = fuzz_byte(&steps) % 5u + 1; left && *at; left--) {
            size_t size = fuzz_character(at, strlen((const char *)at));
            buffer_append(&piece, at, size);
            at += size;
        }
        side->ids[side->tokens.n] = (int)side->tokens.n;
        side->pieces[side->tokens.n++] = piece.data;
    }
    if (side->tokens.n) side->pieces[side->tokens.n++] = strdup("</s>");
}

static void free_side(Side *side) {
    for (size_t i = 0; i < side->tokens.n; i++) free(side->pieces[i]);
    free(side->text);
}

/* n values of 0 … 1, each row of which sums to 1. */
static void fill_attention(float *cells, size_t n_rows, size_t n_columns, FuzzInput *input) {
    for (size_t i = 0; n_columns && i < n_rows; i++) {
        float sum = 0.0F;
        for (size_t j = 0; j < n_columns; j++)
            sum += cells[i * n_columns + j] = (float)(fuzz_byte(input) + (j == i % n_columns));
        for (size_t j = 0; j < n_columns; j++) cells[i * n_columns + j] /= sum > 0.0F ? sum : 1.0F;
    }
}

/* ---- reading back ---- */

static cJSON *parsed(const char *text, size_t n) {
    Error err = {0};
    cJSON *object = json_parse_object("output", text, n, &err);
    if (!object) fprintf(stderr, "%s\n%.*s\n", err.text, (int)n, text);
    require(object);
    return object;
}

static void expect_string(const cJSON *object, const char *key, const char *expected) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    require(text && strcmp(text, expected) == 0);
}

static void expect_pieces(const cJSON *object, const char *key, const xattn_tokens *tokens) {
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(object, key), *item;
    size_t n = 0;
    require(cJSON_IsArray(array) && (size_t)cJSON_GetArraySize(array) == tokens->n);
    cJSON_ArrayForEach (item, array)
        require(strcmp(cJSON_GetStringValue(item), tokens->pieces[n++]) == 0);
}

static void check_json(const Side *source, const xattn_translation *t, const MapList *maps,
                       bool words, Buffer *out) {
    Error err = {0};
    buffer_clear(out);
    require(map_json_alignment(source->text, t->text, maps, out, &err));
    cJSON *object = parsed(out->data, out->size);
    expect_string(object, "source", source->text);
    expect_string(object, "target", t->text);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "maps");
    require((size_t)cJSON_GetArraySize(list) == maps->n);
    cJSON_Delete(object);
    if (words) return;
    buffer_clear(out);
    require(map_json_translation(source->text, t, maps->items, out, &err));
    object = parsed(out->data, out->size);
    expect_string(object, "source", source->text);
    expect_pieces(object, "source_pieces", &t->source);
    expect_pieces(object, "target_pieces", &t->target);
    cJSON_Delete(object);
}

static void check_svg(const MapList *maps, Buffer *out) {
    for (int style = SVG_HEAT; style <= SVG_LINES; style++) {
        Error err = {0};
        size_t at;
        buffer_clear(out);
        require(svg_draw(maps, (SvgStyle)style, out, &err));
        const char *fault = xml_fault(out->data, out->size, &at);
        if (fault) fprintf(stderr, "byte %zu: %s: %.60s\n", at, fault, out->data + at);
        require(!fault);
    }
}

/* Every data block of a report ends where the writer ended it: none of its text can do so before. */
static void check_html(const Side *source, const xattn_translation *t, MapChoice choice,
                       Buffer *out) {
    static const char opening[] = "<script type=\"application/json\" class=\"sentence\">";
    Error err = {0};
    buffer_clear(out);
    require(html_begin(source->text, choice, t->text, out, &err));
    require(html_sentence(source->text, t, out, &err) && html_end(out, &err));
    require(strlen(out->data) == out->size && fuzz_is_utf8(out->data, out->size));
    char *begin = strstr(out->data, opening);
    require(begin);
    begin += sizeof opening - 1;
    char *end = strchr(begin, '<');
    require(end && strncmp(end, "</script>\n<script>\n", 19) == 0);
    cJSON *object = parsed(begin, (size_t)(end - begin));
    expect_string(object, "source", source->text);
    expect_pieces(object, "target_pieces", &t->target);
    cJSON_Delete(object);
}

static size_t count(const Buffer *out, char byte) {
    size_t n = 0;
    for (size_t i = 0; i < out->size; i++) n += out->data[i] == byte;
    return n;
}

static void check_tables(const MapList *maps, Buffer *out) {
    Error err = {0};
    const Map *map = maps->items;
    size_t columns = map->n_source, lines = map->n_target + 1;
    buffer_clear(out);
    require(tsv_write(maps, out, &err));
    require(count(out, '\t') == maps->n * columns * lines && !count(out, '\r'));
    buffer_clear(out);
    require(npy_write_maps(maps, out, &err));
    size_t header = 10 + (unsigned char)out->data[8] + 256 * (size_t)(unsigned char)out->data[9];
    require(header % 64 == 0 &&
            out->size == header + maps->n * map->n_target * columns * sizeof(float));
}

/* Nothing of a text reaches a terminal as a command to it. */
static void check_terminal(const MapList *maps, const char *text, uint8_t pick, Buffer *out) {
    const TerminalStyle style = {.color = false, .ascii = pick & 1, .width = pick & 2 ? 40 : 0};
    Error err = {0};
    buffer_clear(out);
    for (size_t i = 0; i < maps->n; i++)
        require(terminal_draw(&maps->items[i], text, NULL, style, out, &err));
    if (!out->data) return;
    require(fuzz_is_utf8(out->data, out->size));
    for (size_t i = 0; i < out->size; i++) {
        unsigned char c = (unsigned char)out->data[i];
        require((c >= 0x20 && c != 0x7F) || c == '\n');
        require(c != 0xC2 || (unsigned char)out->data[i + 1] >= 0xA0);  // C1 controls
    }
}

static void check_pharaoh(const Map *map, uint8_t pick, Buffer *out) {
    LinkSet links = {0}, again = {0};
    Error err = {0};
    buffer_clear(out);
    buffer_string(out, "");
    require(pharaoh_from_map(map, (float)(pick % 4) / 8.0F, &links, &err));
    require(pharaoh_write(&links, out, &err) && pharaoh_parse(out->data, &again, &err));
    require(links.n == again.n);
    link_set_free(&links);
    link_set_free(&again);
}

/* One of the ways that a text comes to its maps; a map of an empty translation is empty. */
static MapChoice choice_of(uint8_t pick) {
    static const int layers[] = {0, 1, MAP_ALL, 1}, heads[] = {MAP_MEAN, 0, MAP_ALL, 1};
    return (MapChoice){.layer = layers[pick & 3],
                       .head = heads[pick >> 2 & 3],
                       .words = pick & 16,
                       .drop_eos = pick & 32};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    uint8_t pick = fuzz_byte(&input), other = fuzz_byte(&input);
    FuzzInput source_text = fuzz_part(&input), target_text = fuzz_part(&input);
    FuzzInput steps = fuzz_part(&input), more_steps = fuzz_part(&input);
    Side source, target;
    make_side(source_text, steps, &source);
    make_side(target_text, more_steps, &target);
    static float cells[LAYERS * HEADS * MOST_PIECES * MOST_PIECES], logprobs[MOST_PIECES];
    fill_attention(cells, LAYERS * HEADS * target.tokens.n, source.tokens.n, &input);
    bool empty = !source.tokens.n || !target.tokens.n;  // then all of it is, as from an empty line
    xattn_translation t = {.text = empty ? "" : target.text,
                           .source = empty ? (xattn_tokens){0} : source.tokens,
                           .target = empty ? (xattn_tokens){0} : target.tokens,
                           .logprobs = logprobs,
                           .n_layers = LAYERS,
                           .n_heads = HEADS,
                           .attention = cells};
    MapChoice choice = choice_of(pick);
    MapList maps = {0};
    Error err = {0};
    Buffer out = {0};
    require(map_make(&t, choice, &maps, &err));
    check_json(&source, &t, &maps, choice.words || choice.drop_eos, &out);
    check_svg(&maps, &out);
    if (other & 4) check_html(&source, &t, choice, &out);
    check_tables(&maps, &out);
    check_terminal(&maps, t.text, other, &out);
    check_pharaoh(maps.items, other, &out);
    map_list_free(&maps);
    buffer_free(&out);
    free_side(&source);
    free_side(&target);
    return 0;
}
