#include "film.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The form, from film.html: */
extern const unsigned char film_html[];
extern const size_t film_html_size;
static const char place[] = "FILM_DATA";

/* Cells as two digits, 00 … 99 percent: all layers, heads, rows and columns of one example. */
static void add_maps(const Film *film, const Pass *pass, Buffer *out) {
    for (size_t layer = 0; layer < film->shape->decoder_layers; layer++) {
        const Span *span = &pass_cross(pass, layer)->spans[0];
        size_t n = film->shape->heads * span->n * span->seen.n;
        for (size_t i = 0; i < n; i++)
            buffer_format(out, "%02d", (int)fminf(99.0F, 100.0F * span->probs[i] + 0.5F));
    }
}

void film_frame(Film *film, Trainer *trainer, double loss, const Score *score) {
    Buffer *out = &film->frames;
    size_t heads = film->shape->decoder_layers * film->shape->heads;
    buffer_format(out, "%s{\"step\": %zu, \"loss\": ", out->size ? ",\n" : "", trainer->step);
    buffer_format(out, isnan(loss) ? "null" : "%.4f", loss);
    buffer_format(out, ", \"exact\": %.4f, \"found\": [", (double)score->exact / (double)score->n);
    for (size_t k = 0; k < heads; k++)
        buffer_format(out, "%s%.3f", k ? ", " : "", (double)score->found[k] / (double)score->known);
    buffer_string(out, "], \"maps\": [");
    for (size_t i = 0; i < FILM_EXAMPLES; i++) {
        buffer_string(out, i ? ", \"" : "\"");
        add_maps(film, trainer_look(trainer, &film->examples[i]), out);
        buffer_string(out, "\"");
    }
    buffer_string(out, "]}");
}

static void add_pieces(const Film *film, const char *name, const int *ids, size_t n, Buffer *out) {
    buffer_format(out, "\"%s\": [", name);
    for (size_t i = 0; i < n; i++) {
        const char *piece = film->pieces->items[ids[i]];
        buffer_format(out, "%s\"%s\"", i ? ", " : "", ids[i] == EOS ? "\\u003c/s>" : piece);
    }
    buffer_string(out, "], ");
}

void film_page(const Film *film, double floor, const char *remark, Buffer *page) {
    const size_t n_place = strlen(place);
    size_t hole = 0;  // the place of the data; the form has no NUL at its end
    while (memcmp(film_html + hole, place, n_place) != 0) hole++;
    buffer_append(page, film_html, hole);
    buffer_format(page, "{\"task\": \"%s\", \"remark\": \"%s\",\n", film->task->name, remark);
    buffer_format(page, "\"layers\": %zu, \"heads\": %zu, \"floor\": %.4f,\n\"examples\": [",
                  film->shape->decoder_layers, film->shape->heads, floor);
    for (const Example *e = film->examples; e < film->examples + FILM_EXAMPLES; e++) {
        buffer_string(page, e == film->examples ? "{" : ",\n{");
        add_pieces(film, "source", e->source, e->n_source, page);
        add_pieces(film, "target", e->target, e->n_target, page);
        for (size_t t = 0; t < e->n_target; t++)
            buffer_format(page, "%s%d", t ? ", " : "\"truth\": [", e->truth[t]);
        buffer_string(page, "]}");
    }
    buffer_string(page, "],\n\"frames\": [\n");
    buffer_append(page, film->frames.data, film->frames.size);
    buffer_string(page, "]}");
    buffer_append(page, film_html + hole + n_place, film_html_size - hole - n_place);
    if (film->frames.failed) page->failed = true;
}

bool film_draw(const Film *film, Trainer *trainer, size_t example, const size_t layer_and_head[2],
               xattn_style style, Buffer *out, Error *err) {
    const Example *e = &film->examples[example];
    const char *source[MOST_PIECES], *target[MOST_PIECES];
    size_t layer = layer_and_head[0], head = layer_and_head[1];
    char title[64];
    snprintf(title, sizeof title, "layer %zu, head %zu", layer, head);
    for (size_t i = 0; i < e->n_source; i++) source[i] = film->pieces->items[e->source[i]];
    for (size_t i = 0; i < e->n_target; i++) target[i] = film->pieces->items[e->target[i]];
    const Span *span = &pass_cross(trainer_look(trainer, e), layer)->spans[0];
    const float *cells = span->probs + head * span->n * span->seen.n;
    xattn_error error;
    xattn_buffer drawn = {0};
    xattn_maps *maps =
        xattn_maps_of_table(title, target, e->n_target, source, e->n_source, cells, &error);
    bool ok = maps && xattn_maps_draw(maps, XATTN_TERMINAL, &style, &drawn, &error);
    if (ok) buffer_append(out, drawn.data, drawn.size);
    xattn_buffer_free(&drawn);
    xattn_maps_free(maps);
    return ok || error_set(err, "%s", error.text);
}
