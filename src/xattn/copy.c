#include "xattn/copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/characters.h"
#include "text/spelling.h"
#include "text/words.h"
#include "xattn/fill.h"

/* ---- A part that is copied ---- */

static bool copy_tokens(Result *r, const char *piece, int id, int eos, xattn_tokens *tokens,
                        Error *err) {
    int ids[] = {id, eos};
    const char *pieces[] = {piece, "</s>"};
    return result_tokens(r, 2, tokens, err) &&
           result_append(r, &(xattn_tokens){.n = 2, .pieces = pieces, .ids = ids}, tokens, err);
}

/* Each piece looks at itself. */
static bool copy_attention(Result *r, Error *err) {
    size_t n_maps = r->shown.n_layers * r->shown.n_heads;
    float *attention = arena_floats(&r->memory, n_maps * 4, "attention maps", err);
    for (size_t map = 0; attention && map < n_maps; map++)
        attention[map * 4] = attention[map * 4 + 3] = 1;
    r->shown.attention = attention;
    return attention != NULL;
}

/* There was no other choice. */
static bool copy_runners_up(Result *r, size_t n, Error *err) {
    static const float never = -1000;
    xattn_runner_up *all = arena_array(&r->memory, 2 * n, sizeof *all, "runners-up", err);
    for (size_t i = 0; all && i < 2 * n; i++)
        all[i] = (xattn_runner_up){.piece = r->shown.target.pieces[i / n],
                                   .id = r->shown.target.ids[i / n],
                                   .logprob = i % n ? never : 0};
    r->shown.n_runners_up = n;
    r->shown.runners_up = all;
    return all != NULL;
}

Result *copy_part(const Model *model, const Part *part, const xattn_options *options, Error *err) {
    const TokenizerSide *source = &model->tokenizer.source, *target = &model->tokenizer.target;
    Result *r = fill_translation(&(Found){.model = model, .options = options}, err);
    Buffer piece = {0};
    buffer_format(&piece, "%s%s", SPACE_MARK, part->text);
    if (!r || !buffer_ok(&piece, "a piece", err) ||
        !copy_tokens(r, piece.data, source->unknown, source->eos, &r->shown.source, err) ||
        !copy_tokens(r, piece.data, target->unknown, target->eos, &r->shown.target, err) ||
        !(r->shown.text = arena_string(&r->memory, part->text, strlen(part->text), err)) ||
        (options->scores && !(r->shown.logprobs = arena_floats(&r->memory, 2, "scores", err))) ||
        (options->attention && !copy_attention(r, err)) ||
        (options->runners_up && !copy_runners_up(r, options->runners_up, err))) {
        result_free(r);
        r = NULL;
    }
    buffer_free(&piece);
    if (r) r->copied = true;
    return r;
}

/* ---- Stand-ins ---- */

/* The place of a name in a text. */
typedef struct {
    size_t begin, end;
    const char *span;
} Place;

static bool is_letter(int c) { return character_is_word(c) && !words_unspaced(c); }

/* Whether bytes begin … end - 1 of text [n] are a whole word. */
static bool stands_alone(const char *text, size_t n, size_t begin, size_t end) {
    size_t last = begin ? utf8_before(text, begin) : 0, size;
    return (begin == 0 || !is_letter(utf8_character(text + last, begin - last, &size))) &&
           (end == n || !is_letter(utf8_character(text + end, n - end, &size)));
}

/* Finds the part's names in text [n], in the order of the text. False if one is missing or occurs
   twice. Case does not matter, because the text may have been read in small letters. */
static bool find_names(const Part *part, const char *text, size_t n, Place places[STAND_INS]) {
    size_t n_found = 0;
    for (size_t at = 0; at + 2 <= n; at++)
        for (size_t k = 0; k < part->n_stand_ins; k++) {
            if (!ascii_equal(text + at, part->stand_ins[k].name, 2) ||
                !stands_alone(text, n, at, at + 2))
                continue;
            if (n_found == part->n_stand_ins) return false;
            for (size_t i = 0; i < n_found; i++)
                if (places[i].span == part->stand_ins[k].span) return false;
            places[n_found++] = (Place){at, at + 2, part->stand_ins[k].span};
        }
    return n_found == part->n_stand_ins;
}

/* Appends bytes begin … end - 1 of a text. Replaces names by their spans, and spaces by `space`. */
static void append_replaced(const char *text, size_t begin, size_t end, const Place *places,
                            size_t n_places, const char *space, Buffer *out) {
    for (size_t at = begin, k = 0; at < end;) {
        while (k < n_places && places[k].begin < at) k++;
        if (k < n_places && places[k].begin == at) {
            buffer_string(out, places[k].span);
            at = places[k].end;
        } else {
            if (text[at] == ' ')
                buffer_string(out, space);
            else
                buffer_byte(out, text[at]);
            at++;
        }
    }
}

/* ---- Joining pieces ---- */

/* One side, and the pieces to join. */
typedef struct {
    const xattn_tokens *old;
    xattn_tokens tokens;
    size_t *group;  // [old->n] the new piece of each old one
    size_t *size;   // [tokens.n] the number of old pieces in each new one
} MergedSide;

/* Sets joined [n] for pieces that belong to the one before them, and named [n] for the first piece of
   each name. */
static void mark_joined(const Spelling *s, const Place *places, size_t n_places, bool *joined,
                        bool *named) {
    for (size_t k = 0; k < n_places; k++)
        for (size_t i = 0, begin = 0, first = SIZE_MAX; i < s->n; begin = s->ends[i++]) {
            bool overlaps = begin < places[k].end && s->ends[i] > places[k].begin;
            if (!overlaps) continue;
            joined[i] = joined[i] || first < i;
            if (first == SIZE_MAX) named[first = i] = true;
        }
}

/* Adds a new piece for the old ones first … end - 1. */
static bool add_piece(Result *r, const Spelling *s, const Place *places, size_t n_places,
                      size_t first, size_t end, int id, MergedSide *side, Error *err) {
    Buffer piece = {0};
    append_replaced(s->text.data, first ? s->ends[first - 1] : 0, s->ends[end - 1], places,
                    n_places, SPACE_MARK, &piece);
    const char *pieces[] = {piece.data};
    bool ok =
        buffer_ok(&piece, "a piece", err) &&
        result_append(r, &(xattn_tokens){.n = 1, .pieces = pieces, .ids = &id}, &side->tokens, err);
    buffer_free(&piece);
    return ok;
}

/* Joins the pieces of a side; `places` has the names in its spelling. */
static bool join_side(Result *r, const Spelling *s, const Place *places, size_t n_places,
                      int unknown, MergedSide *side, Error *err) {
    size_t n = side->old->n;
    bool *joined = arena_array(&r->memory, n, sizeof *joined, "pieces", err);
    bool *named = arena_array(&r->memory, n, sizeof *named, "pieces", err);
    side->group = arena_array(&r->memory, n, sizeof *side->group, "pieces", err);
    side->size = arena_array(&r->memory, n, sizeof *side->size, "pieces", err);
    if (!joined || !named || !side->group || !side->size ||
        !result_tokens(r, n, &side->tokens, err))
        return false;
    mark_joined(s, places, n_places, joined, named);
    for (size_t first = 0, end; first < n; first = end) {
        bool is_named = named[first];
        for (end = first + 1; end < n && joined[end]; end++) continue;
        for (size_t i = first; i < end; i++) side->group[i] = side->tokens.n;
        side->size[side->tokens.n] = end - first;
        xattn_tokens same = {
            .n = 1, .pieces = &side->old->pieces[first], .ids = &side->old->ids[first]};
        if (!(is_named ? add_piece(r, s, places, n_places, first, end, unknown, side, err)
                       : result_append(r, &same, &side->tokens, err)))
            return false;
    }
    return true;
}

/* Finds the names in a side's pieces and joins those; sets *lost if one is missing. */
static bool restore_side(Result *r, const Part *part, int unknown, MergedSide *side, bool *lost,
                         Error *err) {
    Spelling s;
    Place places[STAND_INS];
    bool ok = spelling_make(side->old->pieces, side->old->n, &s, err);
    *lost = ok && !find_names(part, s.text.data, s.text.size, places);
    if (ok && !*lost) ok = join_side(r, &s, places, part->n_stand_ins, unknown, side, err);
    spelling_free(&s);
    return ok;
}

/* ---- Attention, log-probabilities, runners-up ---- */

static bool restore_attention(Result *r, const MergedSide *source, const MergedSide *target,
                              xattn_translation *t, Error *err) {
    size_t n_maps = t->n_layers * t->n_heads, n_src = source->tokens.n, n_tgt = target->tokens.n;
    float *all = arena_floats(&r->memory, n_maps * n_tgt * n_src, "attention maps", err);
    for (size_t map = 0; all && map < n_maps; map++)
        for (size_t i = 0; i < target->old->n; i++) {
            const float *row = t->attention + (map * target->old->n + i) * source->old->n;
            size_t to = target->group[i];
            float *sums = all + (map * n_tgt + to) * n_src;
            for (size_t j = 0; j < source->old->n; j++)
                sums[source->group[j]] += row[j] / (float)target->size[to];
        }
    t->attention = all;
    return all != NULL;
}

static bool restore_scores(Result *r, const MergedSide *target, xattn_translation *t, Error *err) {
    float *all = arena_floats(&r->memory, target->tokens.n, "scores", err);
    for (size_t i = 0; all && i < target->old->n; i++) all[target->group[i]] += t->logprobs[i];
    t->logprobs = all;
    return all != NULL;
}

/* A new piece takes the runners-up of its first old piece. If these contain the old piece, the new one
   replaces it. */
static bool restore_runners_up(Result *r, const MergedSide *target, xattn_translation *t,
                               Error *err) {
    size_t n = t->n_runners_up;
    xattn_runner_up *all =
        arena_array(&r->memory, target->tokens.n * n, sizeof *all, "runners-up", err);
    for (size_t i = target->old->n; all && i-- > 0;)
        for (size_t k = 0; k < n; k++) {
            xattn_runner_up *to = &all[target->group[i] * n + k];
            *to = t->runners_up[i * n + k];
            if (to->id != target->old->ids[i]) continue;
            to->id = target->tokens.ids[target->group[i]];
            to->piece = target->tokens.pieces[target->group[i]];
        }
    t->runners_up = all;
    return all != NULL;
}

static bool restore_text(Result *r, const Place *places, size_t n_places, xattn_translation *t,
                         Error *err) {
    Buffer text = {0};
    append_replaced(t->text, 0, strlen(t->text), places, n_places, " ", &text);
    bool ok = buffer_ok(&text, "a translation", err) &&
              (t->text = arena_string(&r->memory, text.data, text.size, err)) != NULL;
    buffer_free(&text);
    return ok;
}

/* ---- Results ---- */

/* Restores one translation of a result. */
static bool restore(const Model *model, const Part *part, const MergedSide *source, Result *r,
                    xattn_translation *t, bool *lost, Error *err) {
    Place places[STAND_INS];
    MergedSide target = {.old = &t->target};
    *lost = !find_names(part, t->text, strlen(t->text), places);
    if (*lost) return true;
    if (!restore_side(r, part, model->tokenizer.target.unknown, &target, lost, err)) return false;
    if (*lost) return true;
    if (!restore_text(r, places, part->n_stand_ins, t, err) ||
        (t->attention && !restore_attention(r, source, &target, t, err)) ||
        (t->logprobs && !restore_scores(r, &target, t, err)) ||
        (t->runners_up && !restore_runners_up(r, &target, t, err)))
        return false;
    t->target = target.tokens;
    t->source = source->tokens;
    return true;
}

/* Restores the alternatives, and drops those that lack a name. */
static bool restore_alternatives(const Model *model, const Part *part, const MergedSide *source,
                                 Result *r, Error *err) {
    size_t n_kept = 0;
    for (size_t k = 0; k < r->shown.n_alternatives; k++) {
        xattn_translation *t = &r->alternatives[k];
        bool lost;
        if (!restore(model, part, source, r, t, &lost, err)) return false;
        if (!lost) r->alternatives[n_kept++] = *t;
    }
    r->shown.n_alternatives = n_kept;
    return true;
}

bool copy_restore(const Model *model, const Part *part, Result *r, bool *lost, Error *err) {
    xattn_tokens read = r->shown.source;
    MergedSide source = {.old = &read};
    *lost = false;
    if (!part->n_stand_ins || !read.n) return true;
    if (!restore_side(r, part, model->tokenizer.source.unknown, &source, lost, err)) return false;
    if (*lost) return true;
    return restore(model, part, &source, r, &r->shown, lost, err) &&
           (*lost || restore_alternatives(model, part, &source, r, err));
}
