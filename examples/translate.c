/* translate.c: libxattn in one page. Translates its arguments, and says for each target piece which
   source piece the model's alignment head looked at most.

   cc examples/translate.c libxattn.a -Isrc -lopenblas -lcjson -lutf8proc -lz -lm -lpthread -o translate
   ./translate models/en-fr "The cat sat on the mat." */
#include <stdio.h>

#include "xattn.h"

int main(int argc, char **argv) {
    xattn_error error;
    if (argc < 3) return fprintf(stderr, "usage: translate MODEL TEXT ...\n"), 2;
    xattn_model *model = xattn_open(argv[1], &error);
    if (!model) return fprintf(stderr, "%s\n", error.text), 1;
    xattn_info info = xattn_describe(model);
    size_t map = info.alignment_layer * info.decoder_heads + info.alignment_head;

    for (int i = 2; i < argc; i++) {
        const char *text = argv[i];
        xattn_translation t;
        if (!xattn_translate(model, &text, 1, &(xattn_options){.attention = true}, &t, &error))
            return fprintf(stderr, "%s\n", error.text), 1;
        printf("%s\n", t.text);
        for (size_t row = 0; row < t.target.n; row++) {
            const float *looked = t.attention + (map * t.target.n + row) * t.source.n,
                        *best = looked;
            for (const float *p = looked; p < looked + t.source.n; p++)
                best = *p > *best ? p : best;
            printf("  %s\t%s\t%.2f\n", t.target.pieces[row], t.source.pieces[best - looked],
                   (double)*best);
        }
        xattn_translation_free(&t);
    }
    xattn_close(model);
    return 0;
}
