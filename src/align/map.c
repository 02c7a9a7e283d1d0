#include "align/map.h"

#include <stdint.h>
#include <string.h>

#include "text/words.h"

/* One side of the table: its labels, and the label that each piece goes to. */
typedef struct {
    MapLabel *labels;  // [n]
    size_t n;
    size_t *label_of;  // [n_pieces]
    size_t *size_of;   // [n] pieces of each label
} Side;

MapChoice map_default(const xattn_info *info) {
    if (info->has_alignment_head)
        return (MapChoice){.layer = (int)info->alignment_layer, .head = (int)info->alignment_head};
    return (MapChoice){.layer = (int)info->decoder_layers - 1, .head = MAP_MEAN};
}

static void label_words(const WordList *words, Side *side) {
    for (size_t w = 0; w < words->n; w++) {
        const Word *word = words->items + w;
        side->labels[w] = (MapLabel){word->text, true, word->spaced, false};
        side->size_of[w] = word->n;
        for (size_t i = 0; i < word->n; i++) side->label_of[word->first + i] = w;
    }
    side->n = words->n;
}

static void label_pieces(const WordList *words, const xattn_tokens *tokens, Side *side) {
    for (size_t w = 0; w < words->n; w++) {
        const Word *word = words->items + w;
        for (size_t i = word->first; i < word->first + word->n; i++) {
            bool first = i == word->first;
            side->labels[i] = (MapLabel){tokens->pieces[i], first, first && word->spaced, false};
            side->size_of[i] = 1;
            side->label_of[i] = i;
        }
    }
    side->n = tokens->n;
}

/* Copies the labels' texts: the map outlives words and translation. */
static bool keep_texts(Side *side, Arena *memory, Error *err) {
    for (size_t i = 0; i < side->n; i++) {
        const char *text = side->labels[i].text;
        side->labels[i].text = arena_string(memory, text, strlen(text), err);
        if (!side->labels[i].text) return false;
    }
    return true;
}

/* Marks what is </s>, the end of the text or of each of its sentences. If they are dropped, the labels
   behind close up, and the pieces belong to no label. */
static void mark_ends(const xattn_tokens *tokens, bool drop, Side *side) {
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

static bool make_side(const xattn_tokens *tokens, MapChoice choice, Side *side, Arena *memory,
                      Error *err) {
    size_t n = tokens->n;
    side->labels = arena_array(memory, n, sizeof *side->labels, "the labels of a map", err);
    side->label_of = arena_array(memory, n, sizeof *side->label_of, "the labels of a map", err);
    side->size_of = arena_array(memory, n, sizeof *side->size_of, "the labels of a map", err);
    if (!side->labels || !side->label_of || !side->size_of) return false;

    WordList words;
    if (!words_split((const char *const *)tokens->pieces, n, &words, err)) return false;
    if (choice.words)
        label_words(&words, side);
    else
        label_pieces(&words, tokens, side);
    bool ok = keep_texts(side, memory, err);
    word_list_free(&words);
    if (ok) mark_ends(tokens, choice.drop_eos, side);
    return ok;
}

/* Adds share * table [n_target pieces][n_source pieces] to the cells [target->n][source->n]. */
static void add_merged(const float *table, const xattn_translation *t, const Side *target,
                       const Side *source, float share, float *cells) {
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

static bool fill_map(const xattn_translation *t, int layer, int head, const Side *target,
                     const Side *source, bool words, MapList *maps, Error *err) {
    float *cells = arena_floats(&maps->memory, target->n * source->n, "the cells of a map", err);
    if (!cells) return false;
    size_t table = t->target.n * t->source.n;
    bool mean = head == MAP_MEAN;
    size_t first = mean ? 0 : (size_t)head, end = mean ? t->n_heads : first + 1;
    for (size_t h = first; table && h < end; h++)
        add_merged(t->attention + ((size_t)layer * t->n_heads + h) * table, t, target, source,
                   1.0f / (float)(end - first), cells);
    maps->items[maps->n++] = (Map){.n_target = target->n,
                                   .n_source = source->n,
                                   .target = target->labels,
                                   .source = source->labels,
                                   .cells = cells,
                                   .layer = layer,
                                   .head = head,
                                   .n_heads = t->n_heads,
                                   .words = words};
    return true;
}

static bool check_choice(const xattn_translation *t, MapChoice choice, Error *err) {
    if (!t->target.n) return true;
    if (!t->attention)
        return error_set(err, "a map needs the attention of the translation, which was not kept");
    if (choice.layer != MAP_ALL && (choice.layer < 0 || (size_t)choice.layer >= t->n_layers))
        return error_set(err, "layer %d: the decoder has layers 0 to %zu", choice.layer,
                         t->n_layers - 1);
    if (choice.head != MAP_ALL && choice.head != MAP_MEAN &&
        (choice.head < 0 || (size_t)choice.head >= t->n_heads))
        return error_set(err, "head %d: the decoder has heads 0 to %zu", choice.head,
                         t->n_heads - 1);
    return true;
}

static bool make_all(const xattn_translation *t, MapChoice choice, MapList *maps, Error *err) {
    int first_layer = choice.layer, end_layer = choice.layer + 1;
    int first_head = choice.head, end_head = choice.head + 1;
    if (choice.layer == MAP_ALL) first_layer = 0, end_layer = (int)t->n_layers;
    if (choice.head == MAP_ALL) first_head = 0, end_head = (int)t->n_heads;

    size_t n = (size_t)(end_layer - first_layer) * (size_t)(end_head - first_head);
    maps->items = arena_array(&maps->memory, n, sizeof *maps->items, "maps", err);
    Side target, source;
    if (!maps->items || !make_side(&t->target, choice, &target, &maps->memory, err) ||
        !make_side(&t->source, choice, &source, &maps->memory, err))
        return false;
    for (int layer = first_layer; layer < end_layer; layer++)
        for (int head = first_head; head < end_head; head++)
            if (!fill_map(t, layer, head, &target, &source, choice.words, maps, err)) return false;
    return true;
}

bool map_make(const xattn_translation *translation, MapChoice choice, MapList *maps, Error *err) {
    *maps = (MapList){0};
    bool ok = check_choice(translation, choice, err) && make_all(translation, choice, maps, err);
    if (!ok) map_list_free(maps);
    return ok;
}

void map_list_free(MapList *maps) {
    arena_free(&maps->memory);
    *maps = (MapList){0};
}

void map_describe(const Map *map, Buffer *out) {
    buffer_format(out, "layer %d, ", map->layer);
    if (map->head == MAP_MEAN)
        buffer_format(out, "mean of %zu heads", map->n_heads);
    else
        buffer_format(out, "head %d", map->head);
}

void map_show_label(const Map *map, const MapLabel *label, Buffer *out) {
    static const char space[] = "\u2581";
    size_t n = strlen(space);
    const char *text = label->text;
    if (!map->words && !label->starts) buffer_byte(out, '+');
    if (!map->words && strncmp(text, space, n) == 0 && text[n]) text += n;
    buffer_string(out, text);
}

size_t map_strongest(const Map *map, size_t row) {
    const float *cells = map->cells + row * map->n_source;
    size_t best = 0;
    for (size_t j = 1; j < map->n_source; j++)
        if (cells[j] > cells[best]) best = j;
    return best;
}
