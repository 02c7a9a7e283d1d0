#include "xattn/join.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "text/sentences.h"

/* What is put together, and where to. */
typedef struct {
    const xattn_translation *const *parts;  // [n]
    size_t n;
    xattn_translation *whole;
    Result *result;  // whose memory it takes
    Error *err;
} Join;

static bool join_source(const Join *j) {
    size_t n = 0;
    xattn_tokens *all = &j->whole->source;
    for (size_t i = 0; i < j->n; i++) n += j->parts[i]->source.n;
    if (!result_tokens(j->result, n, all, j->err)) return false;
    for (size_t i = 0; i < j->n; i++) {
        j->whole->source_cut = j->whole->source_cut || j->parts[i]->source_cut;
        j->whole->untagged = j->whole->untagged || j->parts[i]->untagged;
        if (!result_append(j->result, &j->parts[i]->source, all, j->err)) return false;
    }
    return true;
}

static bool join_target(const Join *j) {
    size_t n = 0;
    for (size_t i = 0; i < j->n; i++) n += j->parts[i]->target.n;
    if (!result_tokens(j->result, n, &j->whole->target, j->err)) return false;
    for (size_t i = 0; i < j->n; i++)
        if (!result_append(j->result, &j->parts[i]->target, &j->whole->target, j->err))
            return false;
    return true;
}

static bool join_texts(const Join *j) {
    Buffer text = {0};
    const char *before = "";
    for (size_t i = 0; i < j->n; i++) {
        const char *next = j->parts[i]->text;
        if (!*next) continue;
        if (*before && !sentences_need_no_space(before, strlen(before))) buffer_byte(&text, ' ');
        buffer_string(&text, next);
        before = next;
    }
    bool ok = buffer_ok(&text, "a translation", j->err) &&
              (j->whole->text = arena_string(&j->result->memory, text.data ? text.data : "",
                                             text.size, j->err)) != NULL;
    buffer_free(&text);
    return ok;
}

static bool join_scores(const Join *j, double length_penalty) {
    xattn_translation *whole = j->whole;
    size_t at = 0;
    float *logprobs = arena_floats(&j->result->memory, whole->target.n, "scores", j->err);
    if (!logprobs) return false;
    for (size_t i = 0; i < j->n; i++) {
        const xattn_translation *part = j->parts[i];
        whole->score += part->score;
        for (size_t t = 0; t < part->target.n; t++) logprobs[at++] = part->logprobs[t];
    }
    whole->logprobs = logprobs;
    whole->normalized_score = whole->score / pow((double)whole->target.n, length_penalty);
    return true;
}

/* The parts' maps on the diagonal of the whole's, layer by layer and head by head. */
static bool join_attention(const Join *j) {
    xattn_translation *whole = j->whole;
    size_t n_maps = whole->n_layers * whole->n_heads, n_src = whole->source.n;
    size_t size = whole->target.n * n_src;
    if (size && size / n_src != whole->target.n) return error_memory(j->err, SIZE_MAX, "attention");
    float *attention =
        size <= SIZE_MAX / sizeof(float)
            ? arena_array(&j->result->memory, n_maps, size * sizeof(float), "attention", j->err)
            : NULL;
    for (size_t map = 0; attention && map < n_maps; map++) {
        float *corner = attention + map * size;
        for (size_t i = 0; i < j->n; i++) {
            const xattn_translation *part = j->parts[i];
            size_t n = part->source.n, first = map * part->target.n;
            for (size_t t = 0; t < part->target.n; t++, corner += n_src)
                memcpy(corner, part->attention + (first + t) * n, n * sizeof *corner);
            corner += n;
        }
    }
    whole->attention = attention;
    return attention != NULL;
}

static bool join_runners_up(const Join *j) {
    xattn_translation *whole = j->whole;
    size_t n = whole->n_runners_up, at = 0;
    Arena *memory = &j->result->memory;
    xattn_runner_up *all =
        arena_array(memory, whole->target.n * n, sizeof *all, "runners-up", j->err);
    if (!all) return false;
    for (size_t i = 0; i < j->n; i++)
        for (size_t k = 0; k < j->parts[i]->target.n * n; k++, at++) {
            all[at] = j->parts[i]->runners_up[k];
            all[at].piece = arena_string(memory, all[at].piece, strlen(all[at].piece), j->err);
            if (!all[at].piece) return false;
        }
    whole->runners_up = all;
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
    whole->n_runners_up = model->n_runners_up;
    for (size_t i = 0; i < j->n; i++) {
        whole->n_sentences += j->parts[i]->n_sentences;
        whole->target_cut = whole->target_cut || j->parts[i]->target_cut;
        whole->repeats = whole->repeats || j->parts[i]->repeats;
    }
    return join_target(j) && join_texts(j) &&
           (!model->logprobs || join_scores(j, length_penalty)) &&
           (!model->attention || join_attention(j)) && (!model->runners_up || join_runners_up(j));
}

/* The k-th alternative of every part, or the last that it has. */
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

Result *join_results(Result *const *parts, size_t n, double length_penalty, Error *err) {
    Arena work = {0};
    Result *result = result_new(&parts[0]->shown, err);
    const xattn_translation **list = arena_array(&work, n, sizeof *list, "translations", err);
    for (size_t i = 0; list && i < n; i++) list[i] = &parts[i]->shown;
    Join join = {list, n, result ? &result->shown : NULL, result, err};
    bool ok = result && list && join_source(&join) && join_result(&join, length_penalty) &&
              join_alternatives(&join, length_penalty, &work);
    arena_free(&work);
    if (ok) return result;
    result_free(result);
    return NULL;
}
