#include "xattn/fill.h"

#include <math.h>
#include <string.h>

#include "text/capitals.h"
#include "xattn/options.h"
#include "xattn/unknown.h"

/* The state of filling a translation: the best one, or an alternative. */
typedef struct {
    const Found *found;
    const Hypothesis *h;
    xattn_translation *t;
    Result *result;  // owns the memory
} Fill;

/* Turns the hypothesis into tokens. Their pieces come from the vocabulary, with two exceptions: pieces
   of a given translation that the vocabulary lacks stay as given, and the source word that it looked at
   replaces <unk>. */
static bool tokens_of(const Fill *f, Tokens *tokens, Arena *work, Error *err) {
    const Found *found = f->found;
    const Hypothesis *h = f->h;
    *tokens = (Tokens){.n = h->n, .ids = h->ids};
    tokens->pieces = arena_array(work, h->n, sizeof *tokens->pieces, "pieces", err);
    for (size_t i = 0; tokens->pieces && i < h->n; i++)
        tokens->pieces[i] =
            found->given && i < found->given->n
                ? found->given->pieces[i]
                : tokenizer_piece(&found->model->tokenizer, XATTN_TARGET, h->ids[i]);
    bool replace = !found->given && h->attention && options_may_copy(found->options) &&
                   unknown_is_said(found->model, h);
    return tokens->pieces &&
           (!replace || unknown_replace(found->model, found->source, h, tokens->pieces, work, err));
}

static bool fill_text(const Fill *f, const Tokens *target, Error *err) {
    Buffer plain = {0}, upper = {0};
    bool capitals = f->found->capitals;
    bool ok = tokenizer_join(&f->found->model->tokenizer, XATTN_TARGET, target->pieces, target->n,
                             &plain, err) &&
              buffer_ok(&plain, "a translation", err);
    if (ok && capitals) capitals_upper(plain.data, plain.size, &upper);
    const Buffer *text = capitals ? &upper : &plain;
    ok = ok && buffer_ok(&upper, "a translation in capitals", err) &&
         (f->t->text = arena_string(&f->result->memory, text->data ? text->data : "", text->size,
                                    err)) != NULL;
    buffer_free(&plain);
    buffer_free(&upper);
    return ok;
}

static bool fill_tokens(const Fill *f, Error *err) {
    Arena work = {0};
    Tokens target;
    bool ok = tokens_of(f, &target, &work, err) &&
              result_tokens(f->result, target.n, &f->t->target, err) &&
              result_append(f->result, &target, &f->t->target, err) && fill_text(f, &target, err);
    arena_free(&work);
    return ok;
}

static bool fill_scores(const Fill *f, Error *err) {
    const Hypothesis *h = f->h;
    xattn_translation *t = f->t;
    float *logprobs = arena_floats(&f->result->memory, h->n, "scores", err);
    if (!logprobs) return false;
    for (size_t i = 0; i < h->n; i++) {
        logprobs[i] = h->logprobs[i];
        t->score += (double)h->logprobs[i];
    }
    t->logprobs = logprobs;
    t->normalized_score = t->score / pow((double)h->n, (double)f->found->options->length_penalty);
    return true;
}

/* From [n_tgt][n_layers][n_heads][n_src], the order of decoding, to
   [n_layers][n_heads][n_tgt][n_src]. */
static bool fill_attention(const Fill *f, Error *err) {
    const Hypothesis *h = f->h;
    xattn_translation *t = f->t;
    size_t n_src = t->source.n, n_tgt = h->n, n_maps = t->n_layers * t->n_heads;
    float *attention =
        arena_floats(&f->result->memory, n_maps * n_tgt * n_src, "attention maps", err);
    if (!attention) return false;
    for (size_t map = 0; map < n_maps; map++)
        for (size_t row = 0; row < n_tgt; row++)
            memcpy(attention + (map * n_tgt + row) * n_src,
                   h->attention + row * h->attention_size + map * n_src, n_src * sizeof(float));
    t->attention = attention;
    return true;
}

static bool fill_runners_up(const Fill *f, Error *err) {
    size_t n = f->h->n * f->h->n_runners_up;
    Arena *memory = &f->result->memory;
    xattn_runner_up *all = arena_array(memory, n, sizeof *all, "runners-up", err);
    if (!all) return false;
    for (size_t i = 0; i < n; i++) {
        all[i] = f->h->runners_up[i];
        all[i].piece = arena_string(memory, all[i].piece, strlen(all[i].piece), err);
        if (!all[i].piece) return false;
    }
    f->t->n_runners_up = f->h->n_runners_up;
    f->t->runners_up = all;
    return true;
}

/* Fills the members about the target. */
static bool fill_target(const Fill *f, Error *err) {
    const xattn_options *options = f->found->options;
    f->t->n_sentences = 1;
    f->t->target_cut = f->h->cut;
    f->t->repeats = hypothesis_repeats(f->h, f->found->model->config.eos);
    return fill_tokens(f, err) && (!options->scores || fill_scores(f, err)) &&
           (!options->attention || fill_attention(f, err)) &&
           (!f->h->n_runners_up || fill_runners_up(f, err));
}

static bool fill_alternatives(const Found *found, Result *result, Error *err) {
    size_t n = 0;
    while (n + 1 < found->options->nbest && found->hypotheses[n + 1].n) n++;
    if (!result_alternatives(result, n, err)) return false;
    xattn_translation *others = result->alternatives;
    for (size_t k = 0; k < n; k++) {
        others[k].source = result->shown.source;
        if (!fill_target(&(Fill){found, &found->hypotheses[k + 1], &others[k], result}, err))
            return false;
    }
    return true;
}

Result *fill_translation(const Found *found, Error *err) {
    const Config *c = &found->model->config;
    xattn_translation like = {.n_layers = c->decoder_layers,
                              .n_heads = c->decoder_heads,
                              .map_layer = (int)c->decoder_layers - 1,
                              .map_head = XATTN_MEAN,
                              .map_is_trained = c->has_alignment_head};
    if (c->has_alignment_head) {
        like.map_layer = (int)c->alignment_head.layer;
        like.map_head = (int)c->alignment_head.head;
    }
    Result *result = result_new(&like, err);
    if (!result || !found->source) return result;
    if (result_tokens(result, found->source->n, &result->shown.source, err) &&
        result_append(result, found->source, &result->shown.source, err) &&
        fill_target(&(Fill){found, &found->hypotheses[0], &result->shown, result}, err) &&
        fill_alternatives(found, result, err))
        return result;
    result_free(result);
    return NULL;
}
