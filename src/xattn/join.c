#include "xattn/join.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "text/sentences.h"

enum { NOWHERE = -1 };

/* The places of the parts' pieces in the whole, on one side. The pieces of part i are at first[i] and
   after, its final </s> at mark[i]. If the </s> is dropped, mark[i] is NOWHERE, and the </s> of part
   heir[i] replaces it (or that of its heir, and so on). */
typedef struct {
    ptrdiff_t *first, *mark, *heir;  // [number of parts]
    size_t n;                        // pieces of the whole
} Layout;

/* The state of joining. */
typedef struct {
    Result *const *results;                 // [n] the parts
    const xattn_translation *const *parts;  // [n] the best of each, or an alternative
    size_t n;
    xattn_translation *whole;
    Result *result;  // owns the memory
    Layout source, target;
    Error *err;
} Join;

/* ---- Layout ---- */

static bool is_ended(const xattn_tokens *tokens) {
    return tokens->n && strcmp(tokens->pieces[tokens->n - 1], "</s>") == 0;
}

/* Sets the place of every part's pieces. `open` is the part whose </s> is not placed yet, because
   copied parts after it come before its </s>. */
static bool lay_out(Join *j, bool target, Layout *layout, Error *err) {
    static const char what[] = "the places of pieces";
    Arena *memory = &j->result->memory;
    ptrdiff_t at = 0, open = NOWHERE;
    layout->first = arena_array(memory, j->n, sizeof *layout->first, what, err);
    layout->mark = arena_array(memory, j->n, sizeof *layout->mark, what, err);
    layout->heir = arena_array(memory, j->n, sizeof *layout->heir, what, err);
    if (!layout->first || !layout->mark || !layout->heir) return false;
    for (size_t i = 0; i < j->n; i++) {
        const Result *part = j->results[i];
        const xattn_tokens *tokens = target ? &j->parts[i]->target : &j->parts[i]->source;
        bool new_sentence = i > 0 && part->begins, ended = is_ended(tokens);
        bool open_is_copied = open != NOWHERE && j->results[open]->copied;
        if (open != NOWHERE && (new_sentence || (!part->copied && !open_is_copied)))
            layout->mark[open] = at++;
        if (new_sentence || !part->copied || open_is_copied) {
            if (open != NOWHERE) layout->heir[open] = (ptrdiff_t)i;
            open = NOWHERE;
        }
        layout->first[i] = at;
        layout->mark[i] = NOWHERE;
        at += (ptrdiff_t)(tokens->n - ended);
        if (ended && open == NOWHERE) open = (ptrdiff_t)i;
        layout->heir[i] = open == (ptrdiff_t)i ? NOWHERE : open;
    }
    if (open != NOWHERE) layout->mark[open] = at++;
    layout->n = (size_t)at;
    return true;
}

/* The place of piece k of part i in the whole, or NOWHERE. */
static ptrdiff_t place_of(const Layout *layout, size_t i, const xattn_tokens *tokens, size_t k) {
    bool is_mark = k + 1 == tokens->n && is_ended(tokens);
    return is_mark ? layout->mark[i] : layout->first[i] + (ptrdiff_t)k;
}

/* The same for a column of a map. The column of a dropped </s> is added to that of its heir. */
static ptrdiff_t column_of(const Layout *layout, size_t i, const xattn_tokens *tokens, size_t k) {
    if (k + 1 < tokens->n || !is_ended(tokens)) return place_of(layout, i, tokens, k);
    ptrdiff_t part = (ptrdiff_t)i;
    while (part != NOWHERE && layout->mark[part] == NOWHERE) part = layout->heir[part];
    return part == NOWHERE ? NOWHERE : layout->mark[part];
}

/* ---- Parts of a translation ---- */

static bool join_tokens(const Join *j, bool target, const Layout *layout, xattn_tokens *all) {
    if (!result_tokens(j->result, layout->n, all, j->err)) return false;
    for (size_t i = 0; i < j->n; i++) {
        const xattn_tokens *part = target ? &j->parts[i]->target : &j->parts[i]->source;
        for (size_t k = 0; k < part->n; k++) {
            ptrdiff_t at = place_of(layout, i, part, k);
            if (at == NOWHERE) continue;
            const char *piece = part->pieces[k];
            all->ids[at] = part->ids[k];
            all->pieces[at] = arena_string(&j->result->memory, piece, strlen(piece), j->err);
            if (!all->pieces[at]) return false;
        }
    }
    all->n = layout->n;
    return true;
}

static bool join_source(Join *j) {
    for (size_t i = 0; i < j->n; i++) {
        j->whole->source_cut = j->whole->source_cut || j->parts[i]->source_cut;
        j->whole->untagged = j->whole->untagged || j->parts[i]->untagged;
    }
    return lay_out(j, false, &j->source, j->err) &&
           join_tokens(j, false, &j->source, &j->whole->source);
}

void join_append_gap(const char *gap, size_t n, Buffer *out) {
    for (size_t i = 0, size; i < n; i += size) {
        int c = utf8_character(gap + i, n - i, &size);
        bool line_end = c == '\n' || (c == '\r' && i + 1 < n && gap[i + 1] == '\n');
        if (utf8_is_control(c) && c != '\t' && !line_end)
            buffer_byte(out, ' ');
        else
            buffer_append(out, gap + i, size);
    }
}

/* Appends the gap before part i, between the texts `last` and `next`. */
static void append_gap(const Join *j, size_t i, const char *last, const char *next, Buffer *text) {
    const Result *part = j->results[i];
    bool usual = part->n_gap == 0 || (part->n_gap == 1 && *part->gap == ' ');
    if (!usual || part->copied || j->results[i - 1]->copied)
        join_append_gap(part->gap, part->n_gap, text);
    else if (*last && *next && !sentences_need_no_space(last, strlen(last)))
        buffer_byte(text, ' ');
}

/* Joins the translations, or the pivot texts. */
static const char *join_texts(const Join *j, bool pivot) {
    Buffer text = {0};
    const char *last = "";
    for (size_t i = 0; i < j->n; i++) {
        const char *next = pivot ? j->parts[i]->pivot_text : j->parts[i]->text;
        if (i) append_gap(j, i, last, next, &text);
        buffer_string(&text, next);
        if (*next) last = next;
    }
    const char *joined = NULL;
    if (buffer_ok(&text, "a translation", j->err))
        joined = arena_string(&j->result->memory, text.data ? text.data : "", text.size, j->err);
    buffer_free(&text);
    return joined;
}

static bool join_scores(const Join *j, double length_penalty) {
    xattn_translation *whole = j->whole;
    float *logprobs = arena_floats(&j->result->memory, whole->target.n, "scores", j->err);
    if (!logprobs) return false;
    for (size_t i = 0; i < j->n; i++) {
        const xattn_translation *part = j->parts[i];
        whole->score += part->score;
        for (size_t t = 0; t < part->target.n; t++) {
            ptrdiff_t at = place_of(&j->target, i, &part->target, t);
            if (at != NOWHERE) logprobs[at] = part->logprobs[t];
        }
    }
    whole->logprobs = logprobs;
    whole->normalized_score = whole->score / pow((double)whole->target.n, length_penalty);
    return true;
}

/* Copies a map of part i to its place in the map of the whole. */
static void place_map(const Join *j, size_t i, const float *map, float *all) {
    const xattn_tokens *source = &j->parts[i]->source, *target = &j->parts[i]->target;
    for (size_t t = 0; t < target->n; t++) {
        ptrdiff_t row = place_of(&j->target, i, target, t);
        for (size_t s = 0; row != NOWHERE && s < source->n; s++) {
            ptrdiff_t column = column_of(&j->source, i, source, s);
            if (column != NOWHERE)
                all[(size_t)row * j->source.n + (size_t)column] += map[t * source->n + s];
        }
    }
}

static bool join_attention(const Join *j) {
    xattn_translation *whole = j->whole;
    size_t n_maps = whole->n_layers * whole->n_heads, n_src = whole->source.n;
    size_t size = whole->target.n * n_src;
    if (size && size / n_src != whole->target.n) return error_memory(j->err, SIZE_MAX, "attention");
    float *attention =
        size <= SIZE_MAX / sizeof(float)
            ? arena_array(&j->result->memory, n_maps, size * sizeof(float), "attention", j->err)
            : NULL;
    for (size_t map = 0; attention && map < n_maps; map++)
        for (size_t i = 0; i < j->n; i++) {
            const xattn_translation *part = j->parts[i];
            size_t part_size = part->target.n * part->source.n;
            if (part_size)
                place_map(j, i, part->attention + map * part_size, attention + map * size);
        }
    whole->attention = attention;
    return attention != NULL;
}

static bool join_runners_up(const Join *j) {
    xattn_translation *whole = j->whole;
    size_t n = whole->n_runners_up;
    Arena *memory = &j->result->memory;
    xattn_runner_up *all =
        arena_array(memory, whole->target.n * n, sizeof *all, "runners-up", j->err);
    if (!all) return false;
    for (size_t i = 0; i < j->n; i++)
        for (size_t k = 0; k < j->parts[i]->target.n * n; k++) {
            ptrdiff_t row = place_of(&j->target, i, &j->parts[i]->target, k / n);
            if (row == NOWHERE) continue;
            xattn_runner_up *to = &all[(size_t)row * n + k % n];
            *to = j->parts[i]->runners_up[k];
            to->piece = arena_string(memory, to->piece, strlen(to->piece), j->err);
            if (!to->piece) return false;
        }
    whole->runners_up = all;
    return true;
}

/* The first part with pieces. Its members show what the options asked for. */
static const xattn_translation *first_filled(const Join *j) {
    for (size_t i = 0; i < j->n; i++)
        if (j->parts[i]->target.n) return j->parts[i];
    return j->parts[0];
}

/* Joins everything except the source text and the alternatives. */
static bool join_result(Join *j, double length_penalty) {
    const xattn_translation *model = first_filled(j);
    xattn_translation *whole = j->whole;
    whole->n_runners_up = model->n_runners_up;
    for (size_t i = 0; i < j->n; i++) {
        whole->n_sentences += j->parts[i]->n_sentences;
        whole->target_cut = whole->target_cut || j->parts[i]->target_cut;
        whole->repeats = whole->repeats || j->parts[i]->repeats;
    }
    return lay_out(j, true, &j->target, j->err) &&
           join_tokens(j, true, &j->target, &whole->target) &&
           (whole->text = join_texts(j, false)) &&
           (!j->parts[0]->pivot_text || (whole->pivot_text = join_texts(j, true))) &&
           (!model->logprobs || join_scores(j, length_penalty)) &&
           (!model->attention || join_attention(j)) && (!model->runners_up || join_runners_up(j));
}

/* Joins the k-th alternatives of the parts, or their last ones if they have fewer. */
static bool join_alternative(const Join *j, size_t k, double length_penalty,
                             const xattn_translation **picks) {
    for (size_t i = 0; i < j->n; i++) {
        const xattn_translation *part = j->parts[i];
        size_t last = part->n_alternatives;
        picks[i] = last ? part->alternatives[k < last ? k : last - 1] : part;
    }
    Join join = *j;
    join.parts = picks;
    join.whole = &j->result->alternatives[k];
    join.whole->source = j->whole->source;
    return join_result(&join, length_penalty);
}

static bool join_alternatives(const Join *j, double length_penalty, Arena *work) {
    size_t most = 0;
    for (size_t i = 0; i < j->n; i++)
        if (j->parts[i]->n_alternatives > most) most = j->parts[i]->n_alternatives;
    const xattn_translation **picks =
        arena_array(work, j->n, sizeof *picks, "translations", j->err);
    if (!picks || !result_alternatives(j->result, most, j->err)) return false;
    for (size_t k = 0; k < most; k++)
        if (!join_alternative(j, k, length_penalty, picks)) return false;
    return true;
}

/* Gives the whole the place of its parts. */
static void set_place(Result *const *parts, size_t n, Result *whole) {
    whole->gap = parts[0]->gap;
    whole->n_gap = parts[0]->n_gap;
    whole->begins = parts[0]->begins;
    whole->copied = parts[0]->copied;
    for (size_t i = 1; i < n; i++)
        whole->copied = whole->copied && parts[i]->copied && !parts[i]->begins;
}

Result *join_results(Result *const *parts, size_t n, double length_penalty, Error *err) {
    Arena work = {0};
    Result *result = result_new(&parts[0]->shown, err);
    const xattn_translation **list = arena_array(&work, n, sizeof *list, "translations", err);
    for (size_t i = 0; list && i < n; i++) list[i] = &parts[i]->shown;
    Join join = {.results = parts,
                 .parts = list,
                 .n = n,
                 .whole = result ? &result->shown : NULL,
                 .result = result,
                 .err = err};
    bool ok = result && list && join_source(&join) && join_result(&join, length_penalty) &&
              join_alternatives(&join, length_penalty, &work);
    arena_free(&work);
    if (ok) set_place(parts, n, result);
    if (ok) return result;
    result_free(result);
    return NULL;
}
