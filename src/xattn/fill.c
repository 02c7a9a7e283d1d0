#include "xattn/fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text/capitals.h"

static bool copy_tokens(const Tokens *tokens, xattn_tokens *out, Arena *arena, Error *err) {
    out->pieces = arena_array(arena, tokens->n, sizeof *out->pieces, "pieces", err);
    out->ids = arena_array(arena, tokens->n, sizeof *out->ids, "ids", err);
    if (!out->pieces || !out->ids) return false;
    for (; out->n < tokens->n; out->n++) {
        const char *piece = tokens->pieces[out->n];
        out->ids[out->n] = tokens->ids[out->n];
        out->pieces[out->n] = arena_string(arena, piece, strlen(piece), err);
        if (!out->pieces[out->n]) return false;
    }
    return true;
}

static bool copy_target(const Model *model, const Hypothesis *h, bool capitals,
                        xattn_translation *t, Arena *arena, Error *err) {
    Tokens target = {.n = h->n, .ids = h->ids};
    target.pieces = arena_array(arena, h->n, sizeof *target.pieces, "pieces", err);
    if (!target.pieces) return false;
    for (size_t i = 0; i < h->n; i++)
        target.pieces[i] = (char *)tokenizer_piece(&model->tokenizer, SIDE_TARGET, h->ids[i]);
    Buffer said = {0}, upper = {0};
    bool ok = copy_tokens(&target, &t->target, arena, err) &&
              tokenizer_join(&model->tokenizer, SIDE_TARGET, (const char *const *)target.pieces,
                             h->n, &said, err) &&
              buffer_ok(&said, "a translation", err);
    if (ok && capitals) capitals_upper(said.data, said.size, &upper);
    const Buffer *text = capitals ? &upper : &said;
    ok = ok && buffer_ok(&upper, "a translation in capitals", err) &&
         (t->text = arena_string(arena, text->data ? text->data : "", text->size, err));
    buffer_free(&said);
    buffer_free(&upper);
    return ok;
}

static bool copy_scores(const Hypothesis *h, xattn_translation *t, Arena *arena, Error *err) {
    t->logprobs = arena_floats(arena, h->n, "scores", err);
    if (!t->logprobs) return false;
    for (size_t i = 0; i < h->n; i++) {
        t->logprobs[i] = h->logprobs[i];
        t->score += (double)h->logprobs[i];
    }
    return true;
}

/* From [n_tgt][n_layers][n_heads][n_src], as it grew, to [n_layers][n_heads][n_tgt][n_src]. */
static bool copy_attention(const Hypothesis *h, xattn_translation *t, Arena *arena, Error *err) {
    size_t n_src = t->source.n, n_tgt = h->n, n_maps = t->n_layers * t->n_heads;
    t->attention = arena_floats(arena, n_maps * n_tgt * n_src, "attention maps", err);
    if (!t->attention) return false;
    for (size_t map = 0; map < n_maps; map++)
        for (size_t row = 0; row < n_tgt; row++)
            memcpy(t->attention + (map * n_tgt + row) * n_src,
                   h->attention + row * h->attention_size + map * n_src, n_src * sizeof(float));
    return true;
}

static bool copy_runners_up(const Model *model, const Hypothesis *h, xattn_translation *t,
                            Arena *arena, Error *err) {
    size_t n = h->n * h->n_runners_up;
    t->n_runners_up = h->n_runners_up;
    t->runners_up = arena_array(arena, n, sizeof *t->runners_up, "runners-up", err);
    if (!t->runners_up) return false;
    for (size_t i = 0; i < n; i++) {
        const RunnerUp *from = &h->runners_up[i];
        const char *piece = tokenizer_piece(&model->tokenizer, SIDE_TARGET, from->id);
        piece = arena_string(arena, piece, strlen(piece), err);
        if (!piece) return false;
        t->runners_up[i] = (xattn_runner_up){piece, from->id, from->logprob};
    }
    return true;
}

/* What a hypothesis says, into a translation whose source is there already. */
static bool fill_target(const Found *found, const Hypothesis *h, xattn_translation *t, Arena *arena,
                        Error *err) {
    const SearchOptions *search = found->search;
    t->n_layers = found->model->config.decoder_layers;
    t->n_heads = found->model->config.decoder_heads;
    t->target_cut = h->cut;
    t->repeats = hypothesis_repeats(h, found->model->config.eos);
    if (!copy_target(found->model, h, found->capitals, t, arena, err) ||
        (search->scores && !copy_scores(h, t, arena, err)))
        return false;
    double length = pow((double)h->n, (double)search->length_penalty);
    t->normalized_score = search->beam > 1 ? t->score / length : t->score;
    return (!search->attention || copy_attention(h, t, arena, err)) &&
           (!h->n_runners_up || copy_runners_up(found->model, h, t, arena, err));
}

static bool fill_alternatives(const Found *found, xattn_translation *t, Arena *arena, Error *err) {
    size_t n = 0;
    while (n + 1 < found->search->nbest && found->hypotheses[n + 1].n) n++;
    t->alternatives = arena_array(arena, n, sizeof *t->alternatives, "translations", err);
    if (!t->alternatives) return false;
    for (; t->n_alternatives < n; t->n_alternatives++) {
        xattn_translation *other = &t->alternatives[t->n_alternatives];
        *other = (xattn_translation){.source = t->source};
        if (!fill_target(found, &found->hypotheses[t->n_alternatives + 1], other, arena, err))
            return false;
    }
    return true;
}

bool fill_translation(const Found *found, xattn_translation *t, Error *err) {
    *t = (xattn_translation){.text = "",
                             .n_layers = found->model->config.decoder_layers,
                             .n_heads = found->model->config.decoder_heads};
    if (!found->source) return true;
    Arena *arena = t->memory = calloc(1, sizeof *arena);
    if (!arena) return error_memory(err, sizeof *arena, "a translation");
    if (copy_tokens(found->source, &t->source, arena, err) &&
        fill_target(found, &found->hypotheses[0], t, arena, err) &&
        fill_alternatives(found, t, arena, err))
        return true;
    fill_free(t);
    return false;
}

void fill_free(xattn_translation *t) {
    if (t->memory) arena_free(t->memory);
    free(t->memory);
    *t = (xattn_translation){0};
}
