/* xattn.c: the public interface, on top of model and decode. Nothing is computed here. */
#include "xattn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/search.h"
#include "model/model.h"

struct xattn_model {
    Model *model;
};

const char *xattn_version(void) { return XATTN_VERSION; }

/* Copies a failure out; always returns false. */
static bool report(const Error *inner, ptrdiff_t culprit, xattn_error *error) {
    if (error) {
        snprintf(error->text, sizeof error->text, "%s", inner->text);
        error->culprit = culprit;
    }
    return false;
}

xattn_model *xattn_open(const char *path, xattn_error *error) {
    Error err = {0};
    xattn_model *model = calloc(1, sizeof *model);
    bool ok = model ? model_load(path, &model->model, &err)
                    : error_memory(&err, sizeof *model, "a model");
    if (ok) return model;
    free(model);
    report(&err, -1, error);
    return NULL;
}

void xattn_close(xattn_model *model) {
    if (!model) return;
    model_free(model->model);
    free(model);
}

xattn_info xattn_describe(const xattn_model *model) {
    const Config *c = &model->model->config;
    return (xattn_info){
        .d_model = c->d_model,
        .encoder_layers = c->encoder_layers,
        .decoder_layers = c->decoder_layers,
        .decoder_heads = c->decoder_heads,
        .source_vocabulary = c->source_vocab,
        .target_vocabulary = c->target_vocab,
        .parameters = model->model->n_parameters,
        .has_alignment_head = c->has_alignment_head,
        .alignment_layer = c->alignment_head.layer,
        .alignment_head = c->alignment_head.head,
    };
}

/* The state of one call: a source and a hypothesis for every text. A text without a piece in it is
   not translated; `position` says where the others stand among those that are. */
typedef struct {
    const Model *model;
    size_t n, n_sources;
    Arena arena;
    Tokens *sources;         // [n_sources]
    Hypothesis *hypotheses;  // [n_sources]
    size_t *position;        // [n] in the two arrays above
    bool *cut;               // [n] the source lost its end
    bool *blank;             // [n]
} Job;

static bool job_alloc(Job *job, Error *err) {
    static const char what[] = "a batch";
    size_t n = job->n;
    return (job->sources = arena_array(&job->arena, n, sizeof *job->sources, what, err)) &&
           (job->hypotheses = arena_array(&job->arena, n, sizeof *job->hypotheses, what, err)) &&
           (job->position = arena_array(&job->arena, n, sizeof *job->position, what, err)) &&
           (job->cut = arena_array(&job->arena, n, sizeof *job->cut, what, err)) &&
           (job->blank = arena_array(&job->arena, n, sizeof *job->blank, what, err));
}

static bool tokenize(Job *job, const char *const *texts, ptrdiff_t *culprit, Error *err) {
    size_t limit = model_source_limit(job->model);
    for (size_t i = 0; i < job->n; i++) {
        Tokens *tokens = &job->sources[job->n_sources];
        *culprit = (ptrdiff_t)i;
        if (!tokenizer_encode(&job->model->tokenizer, SIDE_SOURCE, texts[i], strlen(texts[i]),
                              limit, tokens, &job->cut[i], &job->arena, err))
            return false;
        job->blank[i] = tokens->n == 1;
        job->position[i] = job->n_sources;
        if (!job->blank[i]) job->n_sources++;
    }
    *culprit = -1;
    return true;
}

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

static bool copy_target(const Model *model, const Hypothesis *h, xattn_translation *t, Arena *arena,
                        Error *err) {
    Tokens target = {.n = h->n, .ids = h->ids};
    target.pieces = arena_array(arena, h->n, sizeof *target.pieces, "pieces", err);
    if (!target.pieces) return false;
    for (size_t i = 0; i < h->n; i++)
        target.pieces[i] = (char *)tokenizer_piece(&model->tokenizer, SIDE_TARGET, h->ids[i]);
    Buffer text = {0};
    bool ok = copy_tokens(&target, &t->target, arena, err) &&
              tokenizer_join(&model->tokenizer, SIDE_TARGET, (const char *const *)target.pieces,
                             h->n, &text, err) &&
              buffer_ok(&text, "a translation", err) &&
              (t->text = arena_string(arena, text.data ? text.data : "", text.size, err));
    buffer_free(&text);
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
                   h->rows + row * h->row_size + map * n_src, n_src * sizeof(float));
    return true;
}

static bool fill(const Job *job, size_t i, const xattn_options *options, xattn_translation *t,
                 Error *err) {
    const Hypothesis *h = &job->hypotheses[job->position[i]];
    *t = (xattn_translation){.text = "",
                             .n_layers = job->model->config.decoder_layers,
                             .n_heads = job->model->config.decoder_heads};
    if (job->blank[i]) return true;
    Arena *arena = t->memory = calloc(1, sizeof *arena);
    if (!arena) return error_memory(err, sizeof *arena, "a translation");
    t->source_cut = job->cut[i];
    t->target_cut = h->cut;
    return copy_tokens(&job->sources[job->position[i]], &t->source, arena, err) &&
           copy_target(job->model, h, t, arena, err) &&
           (!options->scores || copy_scores(h, t, arena, err)) &&
           (!options->attention || copy_attention(h, t, arena, err));
}

static bool run(Job *job, const char *const *texts, const xattn_options *options,
                xattn_translation *translations, ptrdiff_t *culprit, Error *err) {
    size_t most = model_target_limit(job->model), wanted = (size_t)options->max_length;
    SearchOptions search = {.max_tokens = wanted && wanted < most ? wanted : most,
                            .scores = options->scores,
                            .rows = options->attention,
                            .shortlist = !options->no_shortlist};
    if (!job_alloc(job, err) || !tokenize(job, texts, culprit, err) ||
        !search_translate(job->model, job->sources, job->n_sources, &search, job->hypotheses, err))
        return false;
    size_t filled = 0;
    while (filled < job->n && fill(job, filled, options, &translations[filled], err)) filled++;
    if (filled == job->n) return true;
    for (size_t i = 0; i <= filled; i++) xattn_translation_free(&translations[i]);
    return false;
}

bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation *translations,
                     xattn_error *error) {
    Error err = {0};
    ptrdiff_t culprit = -1;
    Job job = {.model = model->model, .n = n};
    bool ok =
        run(&job, texts, options ? options : &(xattn_options){0}, translations, &culprit, &err);
    for (size_t i = 0; i < job.n_sources; i++) hypothesis_free(&job.hypotheses[i]);
    arena_free(&job.arena);
    return ok || report(&err, culprit, error);
}

void xattn_translation_free(xattn_translation *translation) {
    if (translation->memory) arena_free(translation->memory);
    free(translation->memory);
    *translation = (xattn_translation){0};
}
