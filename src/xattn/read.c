#include "xattn/read.h"

#include <string.h>

#include "xattn/copy.h"
#include "xattn/job.h"
#include "xattn/join.h"

/* The state of reading parts. */
typedef struct {
    const Model *model;
    PartMaker *maker;
    const PartToRead *parts;  // [n]
    size_t n;
    const xattn_options *options;
    Result **results;  // [n] NULL until known
    Error *err;
} Reading;

/* Gives each part its result from the job, or its copy. */
static bool spread(const Reading *r, Result **found) {
    bool ok = true;
    for (size_t i = 0, k = 0; i < r->n; i++) {
        const Part *part = &r->parts[i].part;
        if (!part->copied)
            r->results[i] = found[k++];
        else if (ok)
            ok = (r->results[i] = copy_part(r->model, part, r->options, r->err)) != NULL;
    }
    return ok;
}

/* Translates the parts that are not copied. */
static bool translate(const Reading *r, size_t first, Arena *arena) {
    static const char what[] = "sentences";
    size_t n = 0;
    JobSentence *sentences = arena_array(arena, r->n, sizeof *sentences, what, r->err);
    Result **found = arena_array(arena, r->n, sizeof(Result *), what, r->err);
    size_t *whose = arena_array(arena, r->n, sizeof *whose, what, r->err);
    if (!sentences || !found || !whose) return false;
    for (size_t i = 0; i < r->n; i++) {
        const PartToRead *p = &r->parts[i];
        if (p->part.copied) continue;
        whose[n] = i;
        sentences[n++] = (JobSentence){p->part.text, p->target, p->prefix, p->n_prefix};
    }
    if (job_translate(r->model, sentences, n, first, r->options, found, r->err))
        return spread(r, found);
    if (r->err->index >= 0) r->err->index = (ptrdiff_t)whose[r->err->index];
    return false;
}

/* Joins the results of a part that was cut into parts. */
static Result *join_apart(const Reading *r, Result **results, size_t n) {
    Result *whole = join_results(results, n, r->options->length_penalty, r->err);
    for (size_t i = 0; i < n; i++) result_free(results[i]);
    return whole;
}

/* Reads part i once more, cut at its spans. */
static bool read_apart(const Reading *r, size_t i, Arena *arena) {
    const PartToRead *p = &r->parts[i];
    PartList list = {0};
    bool ok = parts_apart(r->maker, p->text, &p->part, &list, r->err);
    PartToRead *parts = arena_array(arena, list.n, sizeof *parts, "parts of a text", r->err);
    Result **results = arena_array(arena, list.n, sizeof(Result *), "parts of a text", r->err);
    ok = ok && parts && results;
    for (size_t k = 0; ok && k < list.n; k++) {
        size_t gap = k ? list.items[k - 1].end : p->gap;
        parts[k] = (PartToRead){.text = p->text, .part = list.items[k], .gap = gap};
    }
    ok = ok && read_parts(r->model, r->maker, parts, list.n, 0, r->options, results, r->err);
    if (ok) {
        result_free(r->results[i]);
        ok = (r->results[i] = join_apart(r, results, list.n)) != NULL;
    }
    part_list_free(&list);
    return ok;
}

/* Counts a sentence at its first part. Blank ones do not count. */
static void count_sentence(Result *result) {
    size_t n = result->begins && result->shown.source.n;
    result->shown.n_sentences = n;
    for (size_t k = 0; k < result->shown.n_alternatives; k++)
        result->alternatives[k].n_sentences = n;
}

/* Replaces the stand-ins in a result, and records its place. */
static bool complete(const Reading *r, size_t i, Arena *arena) {
    const PartToRead *p = &r->parts[i];
    bool lost;
    if (!copy_restore(r->model, &p->part, r->results[i], &lost, r->err) ||
        (lost && !p->target && !read_apart(r, i, arena)))
        return false;
    Result *result = r->results[i];
    result->gap = p->text + p->gap;
    result->n_gap = p->part.begin - p->gap;
    result->begins = p->part.begins;
    count_sentence(result);
    return true;
}

bool read_parts(const Model *model, PartMaker *maker, const PartToRead *parts, size_t n,
                size_t first, const xattn_options *options, Result **results, Error *err) {
    Arena arena = {0};
    Reading r = {model, maker, parts, n, options, results, err};
    memset(results, 0, n * sizeof(Result *));
    bool ok = translate(&r, first, &arena);
    for (size_t i = 0; ok && i < n; i++) ok = complete(&r, i, &arena);
    for (size_t i = 0; !ok && i < n; i++) result_free(results[i]);
    arena_free(&arena);
    return ok;
}
