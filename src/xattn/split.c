#include "xattn/split.h"

#include <string.h>

#include "text/sentences.h"
#include "xattn/fill.h"
#include "xattn/job.h"
#include "xattn/join.h"

/* Texts cut into sentences; a text without any counts as one. */
typedef struct {
    size_t n;
    const char **items;          // [n]
    size_t *first;               // [number of texts + 1] where each text's begin
    xattn_translation *results;  // [n]
    Arena arena;
} Sentences;

static bool split(const char *const *texts, size_t n, Sentences *all, Error *err) {
    static const char what[] = "sentences";
    size_t most = n, at;
    Sentence s;
    for (size_t i = 0; i < n; i++)
        for (at = 0; sentences_next(texts[i], strlen(texts[i]), &at, &s);) most++;
    all->first = arena_array(&all->arena, n + 1, sizeof *all->first, what, err);
    all->items = arena_array(&all->arena, most, sizeof *all->items, what, err);
    all->results = arena_array(&all->arena, most, sizeof *all->results, what, err);
    if (!all->first || !all->items || !all->results) return false;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(texts[i]);
        for (at = 0; sentences_next(texts[i], length, &at, &s); all->n++) {
            all->items[all->n] =
                arena_string(&all->arena, texts[i] + s.begin, s.end - s.begin, err);
            if (!all->items[all->n]) return false;
        }
        if (all->n == all->first[i]) all->items[all->n++] = texts[i];
        all->first[i + 1] = all->n;
    }
    return true;
}

/* The text that a sentence is of. */
static size_t text_of(const Sentences *all, size_t sentence) {
    size_t text = 0;
    while (sentence >= all->first[text + 1]) text++;
    return text;
}

/* A text's translation, from those of its sentences, which a single one hands over. */
static bool put_together(Sentences *all, size_t i, double length_penalty, xattn_translation *t,
                         Error *err) {
    xattn_translation *parts = &all->results[all->first[i]];
    size_t n = all->first[i + 1] - all->first[i];
    if (n > 1) return join_translations(parts, n, length_penalty, t, err);
    *t = parts[0];
    parts[0] = (xattn_translation){0};
    return true;
}

bool split_translate(const Model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation *translations,
                     ptrdiff_t *culprit, Error *err) {
    Sentences all = {0};
    *culprit = -1;
    bool ok = split(texts, n, &all, err);
    if (ok && !job_translate(model, all.items, NULL, all.n, options, all.results, culprit, err)) {
        ok = false;
        if (*culprit >= 0) *culprit = (ptrdiff_t)text_of(&all, (size_t)*culprit);
    }
    size_t done = 0;
    double length_penalty = options ? (double)options->length_penalty : 0.0;
    while (ok && done < n) {
        ok = put_together(&all, done, length_penalty, &translations[done], err);
        done += ok;
    }
    for (size_t i = 0; !ok && i < done; i++) fill_free(&translations[i]);
    for (size_t i = 0; i < all.n && all.results; i++) fill_free(&all.results[i]);
    arena_free(&all.arena);
    return ok;
}
