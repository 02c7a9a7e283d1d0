/* look.c: what any attention of the model looked at (docs/lessons/05-encoder.md)

       look MODEL SCOPE HEAD TEXT [PICTURE.svg]

   SCOPE is where the attention stands, as `xattn trace` names it: encoder.layer0.self,
   decoder.layer1.self, decoder.layer0.cross. The probabilities come from xattn_options.observe. The
   encoder shows them all at once; the decoder row by row as it writes, and its self-attention sees one
   piece more in every row: what it does not see stays 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "align/svg.h"
#include "align/terminal.h"

enum { MOST = 64 };  // pieces of a sentence

typedef struct {
    const char *scope;
    int head;
    size_t n_rows;
    float cells[MOST][MOST];
} Looks;

static void keep(void *context, const xattn_activation *made) {
    Looks *looks = context;
    if (strcmp(made->scope, looks->scope) != 0 || strcmp(made->name, "probabilities") != 0 ||
        made->head != looks->head)
        return;
    for (size_t i = 0; i < made->n_rows && looks->n_rows < MOST; i++, looks->n_rows++)
        for (size_t j = 0; j < made->n_columns && j < MOST; j++)
            looks->cells[looks->n_rows][j] = made->values[i * made->n_columns + j];
}

/* Rows of cross-attention are named by the piece that they predict, as `xattn align` does. In
   self-attention a piece looks at its own side, and what the decoder reads there is what it was fed:
   the start symbol, and then every piece but the last. */
static void label(const xattn_tokens *tokens, bool fed, MapLabel *labels) {
    for (size_t i = 0; i < tokens->n; i++) {
        const char *piece = !fed ? tokens->pieces[i] : i ? tokens->pieces[i - 1] : "<start>";
        labels[i] = (MapLabel){piece, true, true, false};
    }
}

static bool show(const Map *map, const char *scope, const char *path) {
    Buffer out = {0};
    Error err = {0};
    bool ok = path ? svg_draw(&(MapList){.items = (Map *)map, .n = 1}, SVG_HEAT, &out, &err)
                   : terminal_draw(map, scope, NULL, (TerminalStyle){0}, &out, &err);
    FILE *file = path ? fopen(path, "w") : stdout;
    if (ok && file) ok = fwrite(out.data, 1, out.size, file) == out.size;
    if (!file || (path && fclose(file) != 0)) ok = false;
    if (!ok) fprintf(stderr, "%s\n", err.text[0] ? err.text : path);
    buffer_free(&out);
    return ok;
}

int main(int argc, char **argv) {
    if (argc < 5) return fprintf(stderr, "usage: look MODEL SCOPE HEAD TEXT [PICTURE.svg]\n"), 2;
    static Looks looks;
    looks.scope = argv[2];
    looks.head = atoi(argv[3]);
    xattn_options options = {.observe = keep, .observe_context = &looks};
    xattn_translation t;
    xattn_error error;
    xattn_model *model = xattn_open(argv[1], &error);
    if (!model || !xattn_translate(model, (const char *const *)&argv[4], 1, &options, &t, &error))
        return fprintf(stderr, "%s\n", error.text), 1;

    xattn_info info = xattn_describe(model);
    bool decoder = strncmp(looks.scope, "decoder", 7) == 0, self = strstr(looks.scope, "self");
    const xattn_tokens *rows = decoder ? &t.target : &t.source;
    const xattn_tokens *columns = decoder && self ? &t.target : &t.source;
    if (looks.n_rows != rows->n || columns->n > MOST)
        return fprintf(stderr, "no attention %s, head %d, or too long\n", argv[2], looks.head), 1;

    static MapLabel row_labels[MOST], column_labels[MOST];
    static float cells[MOST * MOST];
    label(rows, decoder && self, row_labels);
    label(columns, decoder && self, column_labels);
    for (size_t i = 0; i < rows->n; i++)
        memcpy(cells + i * columns->n, looks.cells[i], columns->n * sizeof *cells);
    Map map = {.n_target = rows->n,
               .n_source = columns->n,
               .target = row_labels,
               .source = column_labels,
               .cells = cells,
               .layer = atoi(looks.scope + strcspn(looks.scope, "0123456789")),
               .head = looks.head,
               .n_heads = info.decoder_heads};
    bool ok = show(&map, looks.scope, argc > 5 ? argv[5] : NULL);
    xattn_translation_free(&t);
    xattn_close(model);
    return ok ? 0 : 1;
}
