#include "align/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "align/tokens.h"
#include "base/arena.h"
#include "base/sized.h"
#include "text/spelling.h"
#include "text/words.h"

/* One side of the table: its labels, and the label of each piece. */
typedef struct {
    xattn_label *labels;  // [n]
    size_t n;
    size_t *label_of;  // [n_pieces]
    size_t *size_of;   // [n] the number of pieces of each label
} Axis;

static void label_words(const WordList *words, Axis *side) {
    for (size_t w = 0; w < words->n; w++) {
        const Word *word = words->items + w;
        side->labels[w] = (xattn_label){word->text, true, word->spaced, false};
        side->size_of[w] = word->n;
        for (size_t i = 0; i < word->n; i++) side->label_of[word->first + i] = w;
    }
    side->n = words->n;
}

static void label_pieces(const WordList *words, const xattn_tokens *tokens, Axis *side) {
    for (size_t w = 0; w < words->n; w++) {
        const Word *word = words->items + w;
        for (size_t i = word->first; i < word->first + word->n; i++) {
            bool first = i == word->first;
            side->labels[i] = (xattn_label){tokens->pieces[i], first, first && word->spaced, false};
            side->size_of[i] = 1;
            side->label_of[i] = i;
        }
    }
    side->n = tokens->n;
}

/* Copies the labels' texts, because the map outlives the translation. */
static bool keep_texts(Axis *side, Arena *memory, Error *err) {
    for (size_t i = 0; i < side->n; i++) {
        const char *text = side->labels[i].text;
        side->labels[i].text = arena_string(memory, text, strlen(text), err);
        if (!side->labels[i].text) return false;
    }
    return true;
}

/* Marks each </s>, at the end of the text or of one of its sentences. If they are dropped, later labels
   move up, and their pieces have no label. */
static void mark_ends(const xattn_tokens *tokens, bool drop, Axis *side) {
    size_t kept = 0, before = SIZE_MAX;
    for (size_t i = 0; i < tokens->n; i++) {
        size_t label = side->label_of[i];
        bool end = strcmp(tokens->pieces[i], "</s>") == 0, first = label != before;
        before = label;
        side->label_of[i] = SIZE_MAX;
        if (end && drop) continue;
        if (first) {
            side->labels[kept] = side->labels[label];
            side->labels[kept].eos = end;
            side->size_of[kept++] = side->size_of[label];
        }
        side->label_of[i] = kept - 1;
    }
    side->n = kept;
}

static bool add_token_label(const TextTokens *tokens, size_t token, Axis *side, Arena *memory,
                            Error *err) {
    const TextToken *t = &tokens->items[token];
    const char *text = arena_string(memory, t->text, t->size, err);
    side->labels[side->n++] = (xattn_label){text, true, true, false};
    return text != NULL;
}

/* Makes a label for every token of the text, even without a piece, and for every </s>. */
static bool label_tokens(const xattn_tokens *pieces, const char *text, bool drop, Axis *side,
                         Arena *memory, Error *err) {
    TextTokens tokens;
    size_t next = 0;  // the next token without a label
    if (!tokens_match(pieces, text, &tokens, memory, err)) return false;
    size_t n = pieces->n + tokens.n;
    side->labels = arena_array(memory, n, sizeof *side->labels, "the labels of a map", err);
    side->size_of = arena_array(memory, n, sizeof *side->size_of, "the labels of a map", err);
    if (!side->labels || !side->size_of) return false;
    for (size_t i = 0; i < pieces->n; i++) {
        size_t token = tokens.token_of[i];
        bool end = token == SIZE_MAX;
        size_t due = i + 1 == pieces->n ? tokens.n : end ? next : token + 1;
        for (; next < due; next++)
            if (!add_token_label(&tokens, next, side, memory, err)) return false;
        side->label_of[i] = end && drop ? SIZE_MAX : end ? side->n : side->n - 1;
        if (end && drop) continue;
        if (end) side->labels[side->n++] = (xattn_label){"</s>", true, true, true};
        side->size_of[side->label_of[i]]++;
    }
    return true;
}

static bool make_side(const xattn_tokens *tokens, const char *text, MapChoice choice, Axis *side,
                      Arena *memory, Error *err) {
    size_t n = tokens->n;
    *side = (Axis){0};
    side->labels = arena_array(memory, n, sizeof *side->labels, "the labels of a map", err);
    side->label_of = arena_array(memory, n, sizeof *side->label_of, "the labels of a map", err);
    side->size_of = arena_array(memory, n, sizeof *side->size_of, "the labels of a map", err);
    if (!side->labels || !side->label_of || !side->size_of) return false;
    if (choice.tokens) return label_tokens(tokens, text, choice.no_eos, side, memory, err);

    WordList words;
    if (!words_split(tokens->pieces, n, &words, err)) return false;
    if (choice.words)
        label_words(&words, side);
    else
        label_pieces(&words, tokens, side);
    bool ok = keep_texts(side, memory, err);
    word_list_free(&words);
    if (ok) mark_ends(tokens, choice.no_eos, side);
    return ok;
}

/* Adds share * table [n_target pieces][n_source pieces] to the cells [target->n][source->n]. */
static void add_merged(const float *table, const xattn_translation *t, const Axis *target,
                       const Axis *source, float share, float *cells) {
    for (size_t i = 0; i < t->target.n; i++) {
        size_t row = target->label_of[i];
        if (row >= target->n) continue;  // a dropped </s>
        float weight = share / (float)target->size_of[row];
        for (size_t j = 0; j < t->source.n; j++) {
            size_t column = source->label_of[j];
            if (column < source->n)
                cells[row * source->n + column] += weight * table[i * t->source.n + j];
        }
    }
}

/* The public maps and their memory. */
typedef struct {
    xattn_maps shown;  // first, so that both have the same address
    xattn_map *maps;   // [shown.n]
    const xattn_map **items;
    Arena memory;
} Maps;

static Maps *new_maps(size_t n, const char *title, Error *err) {
    Maps *maps = calloc(1, sizeof *maps);
    if (!maps) {
        error_memory(err, sizeof *maps, "maps");
        return NULL;
    }
    maps->maps = arena_array(&maps->memory, n, sizeof *maps->maps, "maps", err);
    maps->items = arena_array(&maps->memory, n, sizeof *maps->items, "maps", err);
    maps->shown.items = maps->items;
    maps->shown.title = arena_string(&maps->memory, title, strlen(title), err);
    if (maps->maps && maps->items && maps->shown.title) return maps;
    xattn_maps_free(&maps->shown);
    return NULL;
}

void xattn_maps_free(xattn_maps *maps) {
    if (!maps) return;
    Maps *all = (Maps *)maps;
    Arena memory = all->memory;
    free(all);
    arena_free(&memory);
}

static void add_map(Maps *maps, xattn_map map) {
    size_t k = maps->shown.n++;
    maps->maps[k] = map;
    maps->items[k] = &maps->maps[k];
}

/* Fills a map of a layer, of a head or the mean. */
static bool fill_map(const xattn_translation *t, int layer, int head, const Axis *target,
                     const Axis *source, bool words, Maps *maps, Error *err) {
    float *cells = arena_floats(&maps->memory, target->n * source->n, "the cells of a map", err);
    if (!cells) return false;
    size_t table = t->target.n * t->source.n;
    bool mean = head == XATTN_MEAN;
    size_t first = mean ? 0 : (size_t)head, end = mean ? t->n_heads : first + 1;
    for (size_t h = first; table && h < end; h++)
        add_merged(t->attention + ((size_t)layer * t->n_heads + h) * table, t, target, source,
                   1.0f / (float)(end - first), cells);
    add_map(maps, (xattn_map){.n_target = target->n,
                              .n_source = source->n,
                              .target = target->labels,
                              .source = source->labels,
                              .cells = cells,
                              .layer = layer,
                              .head = head,
                              .n_heads = t->n_heads,
                              .words = words,
                              .is_trained = map_is_trained(t, layer, head)});
    return true;
}

/* ---- Which maps ---- */

bool map_is_trained(const xattn_translation *t, int layer, int head) {
    return t->map_is_trained && layer == t->map_layer && head == t->map_head;
}

static bool is_index(int i, size_t n, bool may_be_mean) {
    return (i >= 0 && (size_t)i < n) || i == XATTN_ALL || (may_be_mean && i == XATTN_MEAN);
}

bool map_choose(const xattn_translation *t, const xattn_map_options *options, MapChoice *choice,
                Error *err) {
    xattn_map_options o;
    if (!sized_copy(options, &o, sizeof o, "xattn_map_options", err)) return false;
    if ((o.layer && !o.has_layer) || (o.head && !o.has_head))
        return error_kind(err, XATTN_USAGE,
                          "a layer or head of maps without has_layer or has_head");
    *choice = (MapChoice){t->map_layer, t->map_head, o.words || o.tokens, o.tokens, o.no_eos};
    if (o.has_layer) choice->layer = o.layer;
    if (o.has_head)
        choice->head = o.head;
    else if (choice->layer != t->map_layer)
        choice->head = choice->layer == XATTN_ALL ? XATTN_ALL : XATTN_MEAN;
    if (!is_index(choice->layer, t->n_layers, false))
        return error_kind(err, XATTN_USAGE, "layer %d: the decoder has layers 0 to %zu",
                          choice->layer, t->n_layers - 1);
    if (!is_index(choice->head, t->n_heads, true))
        return error_kind(err, XATTN_USAGE, "head %d: the decoder has heads 0 to %zu", choice->head,
                          t->n_heads - 1);
    return true;
}

static xattn_maps *make_maps(const xattn_translation *t, MapChoice choice, Error *err) {
    int first_layer = choice.layer, end_layer = choice.layer + 1;
    int first_head = choice.head, end_head = choice.head + 1;
    if (choice.layer == XATTN_ALL) first_layer = 0, end_layer = (int)t->n_layers;
    if (choice.head == XATTN_ALL) first_head = 0, end_head = (int)t->n_heads;

    Maps *maps =
        new_maps((size_t)(end_layer - first_layer) * (size_t)(end_head - first_head), t->text, err);
    if (!maps) return NULL;
    Axis target, source;
    bool ok = make_side(&t->target, t->text, choice, &target, &maps->memory, err) &&
              make_side(&t->source, t->source_text, choice, &source, &maps->memory, err);
    for (int layer = first_layer; ok && layer < end_layer; layer++)
        for (int head = first_head; ok && head < end_head; head++)
            ok = fill_map(t, layer, head, &target, &source, choice.words, maps, err);
    if (ok) return &maps->shown;
    xattn_maps_free(&maps->shown);
    return NULL;
}

xattn_maps *xattn_maps_of(const xattn_translation *t, const xattn_map_options *options,
                          xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    MapChoice choice;
    if (!map_choose(t, options, &choice, err)) return NULL;
    if (t->target.n && !t->attention) {
        error_kind(err, XATTN_USAGE,
                   "a map needs the attention of the translation, which was not kept");
        return NULL;
    }
    return make_maps(t, choice, err);
}

/* ---- A table from the caller ---- */

static const xattn_label *label_table(const char *const *texts, size_t n, Arena *memory,
                                      Error *err) {
    xattn_label *labels = arena_array(memory, n, sizeof *labels, "the labels of a map", err);
    for (size_t i = 0; labels && i < n; i++) {
        const char *text = arena_string(memory, texts[i], strlen(texts[i]), err);
        if (!text) return NULL;
        labels[i] = (xattn_label){text, true, true, false};
    }
    return labels;
}

xattn_maps *xattn_maps_of_table(const char *title, const char *const *rows, size_t n_rows,
                                const char *const *columns, size_t n_columns, const float *cells,
                                xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    Maps *maps = new_maps(1, title, err);
    if (!maps) return NULL;
    const xattn_label *target = label_table(rows, n_rows, &maps->memory, err);
    const xattn_label *source = label_table(columns, n_columns, &maps->memory, err);
    float *copy = arena_floats(&maps->memory, n_rows * n_columns, "the cells of a map", err);
    if (!target || !source || !copy) {
        xattn_maps_free(&maps->shown);
        return NULL;
    }
    if (n_rows && n_columns) memcpy(copy, cells, n_rows * n_columns * sizeof *copy);
    add_map(maps, (xattn_map){.n_target = n_rows,
                              .n_source = n_columns,
                              .target = target,
                              .source = source,
                              .cells = copy,
                              .layer = -1,
                              .head = -1,
                              .n_heads = 1});
    return &maps->shown;
}

/* ---- For renderings ---- */

void map_describe(const xattn_map *map, Buffer *out) {
    if (map->layer < 0) return;
    buffer_format(out, "layer %d, ", map->layer);
    if (map->head == XATTN_MEAN)
        buffer_format(out, "mean of %zu heads", map->n_heads);
    else
        buffer_format(out, "head %d", map->head);
}

void map_show_label(const xattn_map *map, const xattn_label *label, Buffer *out) {
    const size_t n = sizeof SPACE_MARK - 1;
    const char *text = label->text;
    if (!map->words && !label->starts) buffer_byte(out, '+');
    if (!map->words && strncmp(text, SPACE_MARK, n) == 0 && text[n]) text += n;
    buffer_string(out, text);
}

size_t map_strongest(const xattn_map *map, size_t row) {
    const float *cells = map->cells + row * map->n_source;
    size_t best = 0;
    for (size_t j = 1; j < map->n_source; j++)
        if (cells[j] > cells[best]) best = j;
    return best;
}
