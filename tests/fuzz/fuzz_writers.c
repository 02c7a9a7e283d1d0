/* Everything that writes maps, on sentences and attention of any kind: the output is read back. JSON
   is parsed and holds the same strings, SVG is well-formed, the HTML report's data cannot end its
   script, a table has as many cells as it should. */
#include "base/json.h"
#include "fuzz.h"
#include "xml.h"

enum { MOST_PIECES = 12, LAYERS = 2, HEADS = 2 };

/* A text and pieces of it, which own their memory. */
typedef struct {
    char *text;
    xattn_tokens tokens;
    const char *pieces[MOST_PIECES];
    int ids[MOST_PIECES];
} Half;

/* Cuts the text into pieces; `steps` has their lengths in characters. A leading space becomes ▁. Drops
   the rest if the table is full. */
static void make_side(FuzzInput text, FuzzInput steps, Half *side) {
    *side = (Half){.text = fuzz_string(text)};
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

static void free_side(Half *side) {
    for (size_t i = 0; i < side->tokens.n; i++) free((void *)side->pieces[i]);
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

static void check_json(const xattn_translation *t, const xattn_map_options *choice, size_t n_maps,
                       Buffer *out) {
    Error err = {0};
    buffer_clear(out);
    require(xattn_translation_json(t, choice, out, &err));
    cJSON *object = parsed(out->data, out->size);
    expect_string(object, "source", t->source_text);
    expect_string(object, "target", t->text);
    expect_pieces(object, "source_pieces", &t->source);
    expect_pieces(object, "target_pieces", &t->target);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, "maps");
    require((size_t)cJSON_GetArraySize(list) == n_maps);
    cJSON_Delete(object);
}

static void check_svg(const xattn_maps *maps, Buffer *out) {
    for (int lines = 0; lines < 2; lines++) {
        Error err = {0};
        size_t at;
        buffer_clear(out);
        require(xattn_maps_draw(maps, XATTN_SVG, &(xattn_style){XATTN_STYLE, .lines = lines}, out,
                                &err));
        const char *fault = xml_fault(out->data, out->size, &at);
        if (fault) fprintf(stderr, "byte %zu: %s: %.60s\n", at, fault, out->data + at);
        require(!fault);
    }
}

/* Every data block of a report ends where the writer ended it: none of its text can do so before. */
static void check_html(const xattn_translation *t, const xattn_map_options *choice, Buffer *out) {
    static const char opening[] = "<script type=\"application/json\" class=\"sentence\">";
    Error err = {0};
    buffer_clear(out);
    require(xattn_html_begin(t->source_text, out, &err));
    require(xattn_html_translation(t, choice, out, &err) && xattn_html_end(out, &err));
    require(strlen(out->data) == out->size && fuzz_is_utf8(out->data, out->size));
    char *begin = strstr(out->data, opening);
    require(begin);
    begin += sizeof opening - 1;
    char *end = strchr(begin, '<');
    require(end && strncmp(end, "</script>\n<script>\n", 19) == 0);
    cJSON *object = parsed(begin, (size_t)(end - begin));
    expect_string(object, "source", t->source_text);
    expect_pieces(object, "target_pieces", &t->target);
    cJSON_Delete(object);
}

/* How often a byte stands in a table, outside of labels between quotes. */
static size_t count(const Buffer *out, char byte) {
    size_t n = 0;
    bool quoted = false;
    for (size_t i = 0; i < out->size; i++) {
        quoted ^= out->data[i] == '"';
        n += !quoted && out->data[i] == byte;
    }
    return n;
}

static void check_tables(const xattn_maps *maps, Buffer *out) {
    Error err = {0};
    const xattn_map *map = maps->items[0];
    size_t columns = map->n_source, lines = map->n_target + 1;
    buffer_clear(out);
    require(xattn_maps_draw(maps, XATTN_TSV, NULL, out, &err));
    require(count(out, '\t') == maps->n * columns * lines && !count(out, '\r'));
    buffer_clear(out);
    require(xattn_maps_draw(maps, XATTN_NPY, NULL, out, &err));
    size_t header = 10 + (unsigned char)out->data[8] + 256 * (size_t)(unsigned char)out->data[9];
    require(header % 64 == 0 &&
            out->size == header + maps->n * map->n_target * columns * sizeof(float));
}

/* Nothing of a text reaches a terminal as a command to it. */
static void check_terminal(const xattn_maps *maps, uint8_t pick, Buffer *out) {
    const xattn_style style = {XATTN_STYLE, .ascii = pick & 1, .width = pick & 2 ? 40 : 0};
    Error err = {0};
    buffer_clear(out);
    require(xattn_maps_draw(maps, XATTN_TERMINAL, &style, out, &err));
    if (!out->data) return;
    require(fuzz_is_utf8(out->data, out->size));
    for (size_t i = 0; i < out->size; i++) {
        unsigned char c = (unsigned char)out->data[i];
        require((c >= 0x20 && c != 0x7F) || c == '\n');
        require(c != 0xC2 || (unsigned char)out->data[i + 1] >= 0xA0);  // C1 controls
    }
}

static void check_pharaoh(const xattn_map *map, uint8_t pick, Buffer *out) {
    xattn_links links = {0}, again = {0};
    Error err = {0};
    buffer_clear(out);
    buffer_string(out, "");
    require(xattn_links_of(map, (float)(pick % 4) / 8.0F, &links, &err));
    require(xattn_links_write(&links, out, &err) && xattn_links_parse(out->data, &again, &err));
    require(links.n == again.n);
    xattn_links_free(&links);
    xattn_links_free(&again);
}

/* One of the ways that a text comes to its maps; a map of an empty translation is empty. */
static xattn_map_options choice_of(uint8_t pick) {
    static const int layers[] = {0, 1, XATTN_ALL, 1}, heads[] = {XATTN_MEAN, 0, XATTN_ALL, 1};
    return (xattn_map_options){XATTN_MAP_OPTIONS,
                               .has_layer = true,
                               .has_head = true,
                               .layer = layers[pick & 3],
                               .head = heads[pick >> 2 & 3],
                               .words = pick & 16,
                               .no_eos = pick & 32};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    uint8_t pick = fuzz_byte(&input), other = fuzz_byte(&input);
    FuzzInput source_text = fuzz_part(&input), target_text = fuzz_part(&input);
    FuzzInput steps = fuzz_part(&input), more_steps = fuzz_part(&input);
    Half source, target;
    make_side(source_text, steps, &source);
    make_side(target_text, more_steps, &target);
    static float cells[LAYERS * HEADS * MOST_PIECES * MOST_PIECES], logprobs[MOST_PIECES];
    fill_attention(cells, LAYERS * HEADS * target.tokens.n, source.tokens.n, &input);
    bool empty = !source.tokens.n || !target.tokens.n;  // then all of it is, as from an empty line
    xattn_translation t = {.source_text = source.text,
                           .text = empty ? "" : target.text,
                           .source = empty ? (xattn_tokens){0} : source.tokens,
                           .target = empty ? (xattn_tokens){0} : target.tokens,
                           .logprobs = logprobs,
                           .n_layers = LAYERS,
                           .n_heads = HEADS,
                           .attention = cells};
    xattn_map_options choice = choice_of(pick);
    Error err = {0};
    Buffer out = {0};
    xattn_maps *maps = xattn_maps_of(&t, &choice, &err);
    require(maps);
    check_json(&t, &choice, maps->n, &out);
    check_svg(maps, &out);
    if (other & 4) check_html(&t, &choice, &out);
    check_tables(maps, &out);
    check_terminal(maps, other, &out);
    check_pharaoh(maps->items[0], other, &out);
    xattn_maps_free(maps);
    buffer_free(&out);
    free_side(&source);
    free_side(&target);
    return 0;
}
