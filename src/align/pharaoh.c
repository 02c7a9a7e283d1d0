#include "align/pharaoh.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORD = 1000000 };

/* ---- Sets ---- */

static bool add(LinkSet *links, size_t source, size_t target, Error *err) {
    if (links->n == links->capacity) {
        size_t capacity = links->capacity ? 2 * links->capacity : 16;
        Link *items = capacity <= SIZE_MAX / sizeof *items
                          ? realloc(links->items, capacity * sizeof *items)
                          : NULL;
        if (!items) return error_memory(err, capacity * sizeof *items, "links");
        links->items = items;
        links->capacity = capacity;
    }
    links->items[links->n++] = (Link){source, target};
    return true;
}

static int compare(const void *left, const void *right) {
    const Link *a = left, *b = right;
    if (a->source != b->source) return a->source < b->source ? -1 : 1;
    return a->target == b->target ? 0 : a->target < b->target ? -1 : 1;
}

/* Sorts, and keeps one of equals. */
static void tidy(LinkSet *links) {
    if (links->n) qsort(links->items, links->n, sizeof *links->items, compare);
    size_t kept = 0;
    for (size_t i = 0; i < links->n; i++)
        if (!kept || compare(&links->items[kept - 1], &links->items[i]) != 0)
            links->items[kept++] = links->items[i];
    links->n = kept;
}

static bool has(const LinkSet *links, Link link) {
    return links->n && bsearch(&link, links->items, links->n, sizeof link, compare);
}

void link_set_free(LinkSet *links) {
    free(links->items);
    *links = (LinkSet){0};
}

/* ---- Maps and lines ---- */

/* Which word a label is: those of </s> do not count. */
static size_t word_of(const MapLabel *labels, size_t label) {
    size_t word = 0;
    for (size_t i = 0; i < label; i++) word += !labels[i].eos;
    return word;
}

bool pharaoh_from_map(const Map *map, float threshold, LinkSet *links, Error *err) {
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

/* The number at *at, which moves behind it; MAX_WORD if there is none or it is too large. */
static size_t parse_word(const char **at) {
    if (**at < '0' || **at > '9') return MAX_WORD;
    size_t word = 0;
    for (; **at >= '0' && **at <= '9'; ++*at)
        if (word < MAX_WORD) word = 10 * word + (size_t)(**at - '0');
    return word < MAX_WORD ? word : MAX_WORD;
}

bool pharaoh_parse(const char *line, LinkSet *links, Error *err) {
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
            return error_set(err, "%.*s: expected a pair of words such as 0-2",
                             (int)(strcspn(pair, blank) < 40 ? strcspn(pair, blank) : 40), pair);
        if (!add(links, source, target, err)) return false;
    }
    tidy(links);
    return true;
}

bool pharaoh_write(const LinkSet *links, Buffer *out, Error *err) {
    for (size_t i = 0; i < links->n; i++)
        buffer_format(out, "%s%zu-%zu", i ? " " : "", links->items[i].source,
                      links->items[i].target);
    return buffer_ok(out, "links", err);
}

/* ---- Two directions ---- */

bool pharaoh_flip(const LinkSet *links, LinkSet *flipped, Error *err) {
    flipped->n = 0;
    for (size_t i = 0; i < links->n; i++)
        if (!add(flipped, links->items[i].target, links->items[i].source, err)) return false;
    tidy(flipped);
    return true;
}

bool pharaoh_intersect(const LinkSet *a, const LinkSet *b, LinkSet *links, Error *err) {
    links->n = 0;
    for (size_t i = 0; i < a->n; i++)
        if (has(b, a->items[i]) && !add(links, a->items[i].source, a->items[i].target, err))
            return false;
    return true;
}

static bool unite(const LinkSet *a, const LinkSet *b, LinkSet *all, Error *err) {
    const LinkSet *both[2] = {a, b};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < both[k]->n; i++)
            if (!add(all, both[k]->items[i].source, both[k]->items[i].target, err)) return false;
    tidy(all);
    return true;
}

/* What of a link is taken already. */
typedef struct {
    bool source, target, neighbour;
} Taken;

static Taken look_around(const LinkSet *links, Link link) {
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

/* Adds of `more`, in order, what has a free word and, if that is asked, a neighbour. `links` need not
   be sorted: this looks at all of it. */
static bool add_free(const LinkSet *more, bool neighbours, LinkSet *links, Error *err) {
    for (size_t i = 0; i < more->n; i++) {
        Taken taken = look_around(links, more->items[i]);
        bool free_word = !taken.source || !taken.target;
        if (free_word && (taken.neighbour || !neighbours) &&
            !add(links, more->items[i].source, more->items[i].target, err))
            return false;
    }
    return true;
}

bool pharaoh_grow_diag_final(const LinkSet *a, const LinkSet *b, LinkSet *links, Error *err) {
    LinkSet all = {0};
    bool ok = unite(a, b, &all, err) && pharaoh_intersect(a, b, links, err);
    for (size_t before = SIZE_MAX; ok && before != links->n;) {
        before = links->n;
        ok = add_free(&all, true, links, err);
    }
    ok = ok && add_free(a, false, links, err) && add_free(b, false, links, err);
    if (ok) tidy(links);
    link_set_free(&all);
    return ok;
}
