#include "xattn/join.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "text/sentences.h"
#include "xattn/fill.h"

/* What is put together, and where to. */
typedef struct {
    const xattn_translation *const *parts;  // [n]
    size_t n;
    xattn_translation *whole;
    Arena *arena;
    Error *err;
} Join;

static char *copy_string(const Join *j, const char *text) {
    return arena_string(j->arena, text, strlen(text), j->err);
}

static bool append_tokens(const Join *j, const xattn_tokens *from, xattn_tokens *to) {
    for (size_t i = 0; i < from->n; i++, to->n++) {
        to->ids[to->n] = from->ids[i];
        to->pieces[to->n] = copy_string(j, from->pieces[i]);
        if (!to->pieces[to->n]) return false;
    }
    return true;
}

static bool alloc_tokens(const Join *j, size_t n, xattn_tokens *tokens) {
    tokens->pieces = arena_array(j->arena, n, sizeof *tokens->pieces, "pieces", j->err);
    tokens->ids = arena_array(j->arena, n, sizeof *tokens->ids, "ids", j->err);
    return tokens->pieces && tokens->ids;
}

static bool join_source(const Join *j) {
    size_t n = 0;
    for (size_t i = 0; i < j->n; i++) n += j->parts[i]->source.n;
    if (!alloc_tokens(j, n, &j->whole->source)) return false;
    for (size_t i = 0; i < j->n; i++)
        if (!append_tokens(j, &j->parts[i]->source, &j->whole->source)) return false;
    return true;
}

static bool join_target(const Join *j) {
    size_t n = 0;
    for (size_t i = 0; i < j->n; i++) n += j->parts[i]->target.n;
    if (!alloc_tokens(j, n, &j->whole->target)) return false;
    for (size_t i = 0; i < j->n; i++)
        if (!append_tokens(j, &j->parts[i]->target, &j->whole->target)) return false;
    return true;
}

static bool join_texts(const Join *j) {
    Buffer text = {0};
    for (size_t i = 0; i < j->n; i++) {
        const char *next = j->parts[i]->text;
        if (*next && text.size && !sentences_need_no_space(text.data, text.size))
            buffer_byte(&text, ' ');
        buffer_string(&text, next);
    }
    bool ok = buffer_ok(&text, "a translation", j->err) &&
              (j->whole->text = copy_string(j, text.data ? text.data : ""));
    buffer_free(&text);
    return ok;
}

static bool join_scores(const Join *j, double length_penalty) {
    xattn_translation *whole = j->whole;
    size_t at = 0;
    whole->logprobs = arena_floats(j->arena, whole->target.n, "scores", j->err);
    if (!whole->logprobs) return false;
    for (size_t i = 0; i < j->n; i++) {
        const xattn_translation *part = j->parts[i];
        whole->score += part->score;
        for (size_t t = 0; t < part->target.n; t++) whole->logprobs[at++] = part->logprobs[t];
    }
    whole->normalized_score = whole->score / pow((double)whole->target.n, length_penalty);
    return true;
}

/* The parts' maps on the diagonal of the whole's, layer by layer and head by head. */
static bool join_attention(const Join *j) {
    xattn_translation *whole = j->whole;
    size_t n_maps = whole->n_layers * whole->n_heads, n_src = whole->source.n;
    size_t size = whole->target.n * n_src;
    whole->attention = arena_array(j->arena, n_maps, size * sizeof(float), "attention", j->err);
    for (size_t map = 0; whole->attention && map < n_maps; map++) {
        float *corner = whole->attention + map * size;
        for (size_t i = 0; i < j->n; i++) {
            const xattn_translation *part = j->parts[i];
            size_t n = part->source.n, first = map * part->target.n;
            for (size_t t = 0; t < part->target.n; t++, corner += n_src)
                memcpy(corner, part->attention + (first + t) * n, n * sizeof *corner);
            corner += n;
        }
    }
    return whole->attention != NULL;
}

static bool join_runners_up(const Join *j) {
    xattn_translation *whole = j->whole;
    size_t n = whole->n_runners_up, at = 0;
    whole->runners_up =
        arena_array(j->arena, whole->target.n * n, sizeof *whole->runners_up, "runners-up", j->err);
    if (!whole->runners_up) return false;
    for (size_t i = 0; i < j->n; i++)
        for (size_t k = 0; k < j->parts[i]->target.n * n; k++, at++) {
            whole->runners_up[at] = j->parts[i]->runners_up[k];
            whole->runners_up[at].piece = copy_string(j, whole->runners_up[at].piece);
            if (!whole->runners_up[at].piece) return false;
        }
    return true;
}

/* The first part that says anything: it shows what the options asked for. */
static const xattn_translation *first_filled(const Join *j) {
    for (size_t i = 0; i < j->n; i++)
        if (j->parts[i]->target.n) return j->parts[i];
    return j->parts[0];
}

/* All but source and alternatives. */
static bool join_result(const Join *j, double length_penalty) {
    const xattn_translation *model = first_filled(j);
    xattn_translation *whole = j->whole;
    whole->n_layers = model->n_layers;
    whole->n_heads = model->n_heads;
    whole->n_runners_up = model->n_runners_up;
    for (size_t i = 0; i < j->n; i++) {
        whole->source_cut = whole->source_cut || j->parts[i]->source_cut;
        whole->target_cut = whole->target_cut || j->parts[i]->target_cut;
        whole->repeats = whole->repeats || j->parts[i]->repeats;
    }
    return join_target(j) && join_texts(j) &&
           (!model->logprobs || join_scores(j, length_penalty)) &&
           (!model->attention || join_attention(j)) && (!model->runners_up || join_runners_up(j));
}

static bool join_alternatives(const Join *j, double length_penalty) {
    xattn_translation *whole = j->whole;
    size_t most = 0;
    for (size_t i = 0; i < j->n; i++)
        if (j->parts[i]->n_alternatives > most) most = j->parts[i]->n_alternatives;
    const xattn_translation **picks =
        arena_array(j->arena, j->n, sizeof *picks, "translations", j->err);
    whole->alternatives =
        arena_array(j->arena, most, sizeof *whole->alternatives, "translations", j->err);
    if (!picks || !whole->alternatives) return false;
    for (size_t k = 0; k < most; k++) {
        for (size_t i = 0; i < j->n; i++) {
            const xattn_translation *part = j->parts[i];
            size_t last = part->n_alternatives;
            picks[i] = !last ? part : &part->alternatives[k < last ? k : last - 1];
        }
        Join join = {picks, j->n, &whole->alternatives[k], j->arena, j->err};
        join.whole->source = whole->source;
        if (!join_result(&join, length_penalty)) return false;
        whole->n_alternatives++;
    }
    return true;
}

bool join_translations(const xattn_translation *parts, size_t n, double length_penalty,
                       xattn_translation *whole, Error *err) {
    *whole = (xattn_translation){0};
    Arena *arena = whole->memory = calloc(1, sizeof *arena);
    if (!arena) return error_memory(err, sizeof *arena, "a translation");
    const xattn_translation **list = arena_array(arena, n, sizeof *list, "translations", err);
    for (size_t i = 0; list && i < n; i++) list[i] = &parts[i];
    Join join = {list, n, whole, arena, err};
    if (list && join_source(&join) && join_result(&join, length_penalty) &&
        join_alternatives(&join, length_penalty))
        return true;
    fill_free(whole);
    return false;
}
