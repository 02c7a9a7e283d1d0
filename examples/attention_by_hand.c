/* attention_by_hand.c: attention on numbers small enough for a pencil (docs/lessons/04-attention-by-hand.md)

       attention_by_hand [HEADS [PICTURE.svg]]

   Two queries look at three words, in a width of 4. There is no model: the weights of the query and the
   output layer are the identity, and the keys and values are below. The attention is that of
   src/nn/attention.c, which also translates. */
#include <stdio.h>
#include <stdlib.h>

#include "nn/attention.h"
#include "xattn.h"

enum { QUERIES = 2, WORDS = 3, D = 4, MAX_HEADS = 2 };

static const char *const queries[QUERIES] = {"chat", "noir"};
static const char *const words[WORDS] = {"the", "black", "cat"};

static const float x[QUERIES][D] = {{0, 0, 3, 1}, {0, 3, 0, 1}};
static float keys[WORDS][D] = {{2, 0, 0, 0}, {0, 2, 0, 1}, {0, 0, 2, 1}};
static float values[WORDS][D] = {{1, 1, 0, 0}, {0, 2, 0, 0}, {0, 0, 4, 0}};

static const float identity[D][D] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
static const float zero[D];

static void print_rows(const char *title, const char *const *names, size_t n, size_t width,
                       const float *rows) {
    printf("%s\n", title);
    for (size_t i = 0; i < n; i++) {
        printf("  %-5s", names[i]);
        for (size_t j = 0; j < width; j++) printf(" %6.3f", (double)rows[i * width + j]);
        printf("\n");
    }
}

/* The probabilities [heads][QUERIES][WORDS] as a picture. */
static int draw(const float *probs, size_t heads, const char *path) {
    xattn_label target[QUERIES], source[WORDS];
    xattn_map maps[MAX_HEADS];
    const xattn_map *list[MAX_HEADS];
    xattn_buffer svg = {0};
    xattn_error error = {.text = "cannot be written"};
    for (size_t i = 0; i < QUERIES; i++) target[i] = (xattn_label){queries[i], true, true, false};
    for (size_t j = 0; j < WORDS; j++) source[j] = (xattn_label){words[j], true, true, false};
    for (size_t h = 0; h < heads; h++) {
        maps[h] = (xattn_map){.n_target = QUERIES,
                              .n_source = WORDS,
                              .target = target,
                              .source = source,
                              .cells = probs + h * QUERIES * WORDS,
                              .head = (int)h,
                              .n_heads = heads,
                              .words = true};
        list[h] = &maps[h];
    }
    FILE *file = fopen(path, "w");
    xattn_maps all = {.n = heads, .items = list};
    bool ok = file && xattn_maps_draw(&all, XATTN_SVG, NULL, &svg, &error) &&
              fwrite(svg.data, 1, svg.size, file) == svg.size;
    if (file && fclose(file) != 0) ok = false;
    if (!ok) fprintf(stderr, "%s: %s\n", path, error.text);
    xattn_buffer_free(&svg);
    return ok ? 0 : 1;
}

int main(int argc, char **argv) {
    size_t heads = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
    if (heads < 1 || heads > MAX_HEADS) return fprintf(stderr, "1 or 2 heads\n"), 2;

    Arena arena = {0};
    Error err = {0};
    Linear same;
    if (!linear_of_floats(identity[0], zero, D, D, &same, &arena, &err))
        return fprintf(stderr, "%s\n", err.text), 1;
    Attention attention = {.query = same, .output = same, .heads = heads};
    float probs[MAX_HEADS * QUERIES * WORDS], out[QUERIES][D];
    float query[QUERIES * D], context[QUERIES * D], scores[QUERIES * WORDS];
    AttentionScratch scratch = {.query = query, .context = context, .scores = scores};
    Span span = {.first = 0, .n = QUERIES, .seen = {keys[0], values[0], WORDS}, .probs = probs};
    attention_forward(&attention, x[0], QUERIES, &span, 1, &scratch, out[0], NULL);
    arena_free(&arena);

    if (argc > 2) return draw(probs, heads, argv[2]);
    print_rows("queries", queries, QUERIES, D, x[0]);
    print_rows("keys", words, WORDS, D, keys[0]);
    print_rows("values", words, WORDS, D, values[0]);
    for (size_t h = 0; h < heads; h++) {
        char title[40];
        snprintf(title, sizeof title, "probabilities of head %zu", h);
        print_rows(title, queries, QUERIES, WORDS, probs + h * QUERIES * WORDS);
    }
    print_rows("output", queries, QUERIES, D, out[0]);
    return 0;
}
