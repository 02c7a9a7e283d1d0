/* look.c: where any attention of the model looked (docs/lessons/05-encoder.md)

       look MODEL SCOPE HEAD TEXT [PICTURE.svg]

   SCOPE is the place of the attention, with its name from `xattn trace`: encoder.layer0.self,
   decoder.layer1.self, decoder.layer0.cross. The probabilities come from xattn_options.observe. The
   encoder shows all rows at once. The decoder shows them one by one, and its self-attention sees one
   piece more in every row; pieces that it cannot see yet stay 0.

   cc examples/look.c $(pkg-config --cflags --libs xattn) -o look */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xattn.h"

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

/* A row of cross-attention has the name of the piece that it predicts, as in `xattn align`. In
   self-attention a piece looks at its own side; the decoder's side is what it was fed: the start
   symbol, then every piece except the last. */
static void label(const xattn_tokens *tokens, bool fed, const char **labels) {
    for (size_t i = 0; i < tokens->n; i++)
        labels[i] = !fed ? tokens->pieces[i] : i ? tokens->pieces[i - 1] : "<start>";
}

static bool show(const xattn_maps *maps, const char *path, xattn_error *error) {
    xattn_buffer out = {0};
    FILE *file = path ? fopen(path, "w") : stdout;
    bool ok = file && xattn_maps_draw(maps, path ? XATTN_SVG : XATTN_TERMINAL, NULL, &out, error) &&
              fwrite(out.data, 1, out.size, file) == out.size;
    if (path && file && fclose(file) != 0) ok = false;
    xattn_buffer_free(&out);
    return ok;
}

int main(int argc, char **argv) {
    if (argc < 5) return fprintf(stderr, "usage: look MODEL SCOPE HEAD TEXT [PICTURE.svg]\n"), 2;
    static Looks looks;
    looks.scope = argv[2];
    looks.head = atoi(argv[3]);
    const char *text = argv[4];
    xattn_options options = {XATTN_OPTIONS, .observe = keep, .context = &looks};
    xattn_translation *t;
    xattn_error error = {.text = "cannot be written"};
    xattn_model *model = xattn_open(argv[1], NULL, &error);
    if (!model || !xattn_translate(model, &text, 1, &options, &t, &error))
        return fprintf(stderr, "%s\n", error.text), 1;

    bool decoder = strncmp(looks.scope, "decoder", 7) == 0, self = strstr(looks.scope, "self");
    const xattn_tokens *rows = decoder ? &t->target : &t->source;
    const xattn_tokens *columns = decoder && self ? &t->target : &t->source;
    if (looks.n_rows != rows->n || columns->n > MOST)
        return fprintf(stderr, "no attention %s, head %d, or too long\n", argv[2], looks.head), 1;

    const char *row_labels[MOST], *column_labels[MOST];
    static float cells[MOST * MOST];
    char title[128];
    label(rows, decoder && self, row_labels);
    label(columns, decoder && self, column_labels);
    for (size_t i = 0; i < rows->n; i++)
        memcpy(cells + i * columns->n, looks.cells[i], columns->n * sizeof *cells);
    snprintf(title, sizeof title, "%s, head %d", looks.scope, looks.head);
    xattn_maps *maps =
        xattn_maps_of_table(title, row_labels, rows->n, column_labels, columns->n, cells, &error);
    bool ok = maps && show(maps, argc > 5 ? argv[5] : NULL, &error);
    if (!ok) fprintf(stderr, "%s\n", error.text);
    xattn_maps_free(maps);
    xattn_translation_free(t);
    xattn_close(model);
    return ok ? 0 : 1;
}
