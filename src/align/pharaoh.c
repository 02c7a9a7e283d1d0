/* pharaoh.c: word alignments as links, in the notation of the Pharaoh decoder (Koehn 2004)

       0-0 1-2 2-1          source word - target word, counted from 0; one line a sentence

   Links come from a map, by argmax or by a threshold, or from a line of text. The alignments of two
   directions are combined as in Och & Ney (2003) and Koehn et al. (2003):

       intersect         links in both directions: few and reliable
       grow-diag-final   the intersection; then, as long as there are any, links of one direction
                         that touch a chosen link (a corner is enough) and whose source or target word
                         is still free; finally, links of either direction whose source or target word
                         is still free */
#include "align/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORD = 1000000 };

/* ---- Sets ---- */

static bool add(xattn_links *links, size_t source, size_t target, Error *err) {
    if (links->n == links->capacity) {
        size_t capacity = links->capacity ? 2 * links->capacity : 16;
        xattn_link *items = capacity <= SIZE_MAX / sizeof *items
                                ? realloc(links->items, capacity * sizeof *items)
                                : NULL;
        if (!items) return error_memory(err, capacity * sizeof *items, "links");
        links->items = items;
        links->capacity = capacity;
    }
    links->items[links->n++] = (xattn_link){source, target};
    return true;
}

static int compare(const void *left, const void *right) {
    const xattn_link *a = left, *b = right;
    if (a->source != b->source) return a->source < b->source ? -1 : 1;
    return a->target == b->target ? 0 : a->target < b->target ? -1 : 1;
}

/* Sorts, and removes duplicates. */
static void tidy(xattn_links *links) {
    if (links->n) qsort(links->items, links->n, sizeof *links->items, compare);
    size_t kept = 0;
    for (size_t i = 0; i < links->n; i++)
        if (!kept || compare(&links->items[kept - 1], &links->items[i]) != 0)
            links->items[kept++] = links->items[i];
    links->n = kept;
}

static bool has(const xattn_links *links, xattn_link link) {
    return links->n && bsearch(&link, links->items, links->n, sizeof link, compare);
}

void xattn_links_free(xattn_links *links) {
    if (!links) return;
    free(links->items);
    *links = (xattn_links){0};
}

/* ---- Maps and lines ---- */

/* The number of a label's word. Labels of </s> do not count. */
static size_t word_of(const xattn_label *labels, size_t label) {
    size_t word = 0;
    for (size_t i = 0; i < label; i++) word += !labels[i].eos;
    return word;
}

bool xattn_links_of(const xattn_map *map, float threshold, xattn_links *links, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    links->n = 0;
    for (size_t i = 0; i < map->n_target; i++) {
        size_t strongest = map_strongest(map, i);
        for (size_t j = 0; j < map->n_source; j++) {
            bool linked =
                threshold > 0.0f ? map->cells[i * map->n_source + j] > threshold : j == strongest;
            if (!linked || map->target[i].eos || map->source[j].eos) continue;
            if (!add(links, word_of(map->source, j), word_of(map->target, i), err)) return false;
        }
    }
    tidy(links);
    return true;
}

/* Reads the number at *at and moves past it. MAX_WORD if there is none or it is too large. */
static size_t parse_word(const char **at) {
    if (**at < '0' || **at > '9') return MAX_WORD;
    size_t word = 0;
    for (; **at >= '0' && **at <= '9'; ++*at)
        if (word < MAX_WORD) word = 10 * word + (size_t)(**at - '0');
    return word < MAX_WORD ? word : MAX_WORD;
}

bool xattn_links_parse(const char *line, xattn_links *links, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    static const char blank[] = " \t\r\n";
    links->n = 0;
    for (const char *at = line + strspn(line, blank); *at; at += strspn(at, blank)) {
        const char *pair = at;
        size_t source = parse_word(&at), target = MAX_WORD;
        if (*at == '-') {
            at++;
            target = parse_word(&at);
        }
        if (source == MAX_WORD || target == MAX_WORD || (*at && !strchr(blank, *at)))
            return error_kind(err, XATTN_BAD_TEXT, "%.*s: expected a pair of words such as 0-2",
                              (int)(strcspn(pair, blank) < 40 ? strcspn(pair, blank) : 40), pair);
        if (!add(links, source, target, err)) return false;
    }
    tidy(links);
    return true;
}

bool xattn_links_write(const xattn_links *links, Buffer *out, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    for (size_t i = 0; i < links->n; i++)
        buffer_format(out, "%s%zu-%zu", i ? " " : "", links->items[i].source,
                      links->items[i].target);
    return buffer_ok(out, "links", err);
}

/* ---- Two directions ---- */

bool xattn_links_flip(const xattn_links *links, xattn_links *flipped, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    flipped->n = 0;
    for (size_t i = 0; i < links->n; i++)
        if (!add(flipped, links->items[i].target, links->items[i].source, err)) return false;
    tidy(flipped);
    return true;
}

bool xattn_links_intersect(const xattn_links *a, const xattn_links *b, xattn_links *links,
                           xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    links->n = 0;
    for (size_t i = 0; i < a->n; i++)
        if (has(b, a->items[i]) && !add(links, a->items[i].source, a->items[i].target, err))
            return false;
    return true;
}

static bool unite(const xattn_links *a, const xattn_links *b, xattn_links *all, Error *err) {
    const xattn_links *both[2] = {a, b};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->n; i++)
            if (!add(all, both[k]->items[i].source, both[k]->items[i].target, err)) return false;
    tidy(all);
    return true;
}

/* The words that have a link. */
typedef struct {
    bool source, target, neighbour;
} Taken;

static Taken look_around(const xattn_links *links, xattn_link link) {
    Taken taken = {0};
    for (size_t i = 0; i < links->n; i++) {
        size_t s = links->items[i].source, t = links->items[i].target;
        taken.source |= s == link.source;
        taken.target |= t == link.target;
        taken.neighbour |= s + 1 >= link.source && s <= link.source + 1 && t + 1 >= link.target &&
                           t <= link.target + 1;
    }
    return taken;
}

/* Adds the links of `more`, in order, that have a free word and, if `neighbours` is true, a neighbour
   in `links`. `links` need not be sorted. */
static bool add_free(const xattn_links *more, bool neighbours, xattn_links *links, Error *err) {
    for (size_t i = 0; i < more->n; i++) {
        Taken taken = look_around(links, more->items[i]);
        bool free_word = !taken.source || !taken.target;
        if (free_word && (taken.neighbour || !neighbours) &&
            !add(links, more->items[i].source, more->items[i].target, err))
            return false;
    }
    return true;
}

bool xattn_links_grow_diag_final(const xattn_links *a, const xattn_links *b, xattn_links *links,
                                 xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    xattn_links all = {0};
    bool ok = unite(a, b, &all, err) && xattn_links_intersect(a, b, links, err);
    for (size_t before = SIZE_MAX; ok && before != links->n;) {
        before = links->n;
        ok = add_free(&all, true, links, err);
    }
    ok = ok && add_free(a, false, links, err) && add_free(b, false, links, err);
    if (ok) tidy(links);
    xattn_links_free(&all);
    return ok;
}
