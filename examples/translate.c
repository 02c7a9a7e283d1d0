/* translate.c: libxattn in one page. Translates its arguments, and prints for each word of the
   translation which source word the model looked at most.

   cc examples/translate.c $(pkg-config --cflags --libs xattn) -o translate
   ./translate models/en-fr "The cat sat on the mat." */
#include <stdio.h>

#include "xattn.h"

static int fail(const xattn_error *error) {
    fprintf(stderr, "%s\n", error->text);
    return 1;
}

/* The default map, by words: a row for each target word, a column for each source word. */
static bool print_words(const xattn_translation *t, xattn_error *error) {
    xattn_map_options words = {XATTN_MAP_OPTIONS, .words = true};
    xattn_maps *maps = xattn_maps_of(t, &words, error);
    if (!maps) return false;
    const xattn_map *map = maps->items[0];
    for (size_t i = 0; i < map->n_target; i++) {
        const float *row = map->cells + i * map->n_source;
        size_t best = 0;
        for (size_t j = 1; j < map->n_source; j++) best = row[j] > row[best] ? j : best;
        printf("  %s\t%s\t%.2f\n", map->target[i].text, map->source[best].text, (double)row[best]);
    }
    xattn_maps_free(maps);
    return true;
}

int main(int argc, char **argv) {
    xattn_error error;
    if (argc < 3) return fprintf(stderr, "usage: translate MODEL TEXT ...\n"), 2;
    xattn_model *model = xattn_open(argv[1], NULL, &error);
    if (!model) return fail(&error);
    for (int i = 2; i < argc; i++) {
        const char *text = argv[i];
        xattn_options options = {XATTN_OPTIONS, .attention = true};
        xattn_translation *t;
        if (!xattn_translate(model, &text, 1, &options, &t, &error)) return fail(&error);
        printf("%s\n", t->text);
        if (!print_words(t, &error)) return fail(&error);
        xattn_translation_free(t);
    }
    xattn_close(model);
    return 0;
}
