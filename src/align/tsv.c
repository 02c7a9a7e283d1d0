#include "align/tsv.h"

#include <string.h>

/* Appends a label. If it has a quote, a tab or a line end, it is quoted, with its quotes doubled. */
static void write_label(const char *text, Buffer *out) {
    if (!text[strcspn(text, "\"\t\r\n")]) {
        buffer_string(out, text);
        return;
    }
    buffer_byte(out, '"');
    for (; *text; text++) {
        if (*text == '"') buffer_byte(out, '"');
        buffer_byte(out, *text);
    }
    buffer_byte(out, '"');
}

static void write_table(const xattn_map *map, Buffer *out) {
    for (size_t j = 0; j < map->n_source; j++) {
        buffer_byte(out, '\t');
        write_label(map->source[j].text, out);
    }
    buffer_byte(out, '\n');
    for (size_t i = 0; i < map->n_target; i++) {
        write_label(map->target[i].text, out);
        for (size_t j = 0; j < map->n_source; j++)
            buffer_format(out, "\t%.7g", (double)map->cells[i * map->n_source + j]);
        buffer_byte(out, '\n');
    }
}

bool tsv_write(const xattn_maps *maps, Buffer *out, Error *err) {
    for (size_t k = 0; k < maps->n; k++) {
        if (k) buffer_byte(out, '\n');
        if (maps->n > 1) {
            buffer_string(out, "# ");
            map_describe(maps->items[k], out);
            buffer_byte(out, '\n');
        }
        write_table(maps->items[k], out);
    }
    return buffer_ok(out, "a table", err);
}
