#include "xattn/job.h"

#include <string.h>

#include "text/capitals.h"
#include "xattn/fill.h"

/* A text on its way. One without a piece in it is blank and not searched for; `position` is where the
   others stand among those that are. */
typedef struct {
    size_t position;
    bool blank;
    bool capitals;    // read in small letters, to be answered in capitals
    bool source_cut;  // it lost its end
    bool target_cut;  // and so did the given target
} Text;

/* The state of one call. */
typedef struct {
    const Model *model;
    SearchOptions search;
    size_t n, n_sources;
    Text *texts;             // [n]
    Tokens *sources;         // [n_sources]
    Tokens *targets;         // [n_sources] if they are given, else NULL
    Hypothesis *hypotheses;  // [n_sources][nbest]
    Arena arena;
} Job;

/* The options in the search's terms. */
static SearchOptions search_options(const Model *model, const xattn_options *options) {
    size_t most = model_target_limit(model), max_length = (size_t)options->max_length;
    size_t beam = options->beam > 1 ? (size_t)options->beam : 1;
    size_t nbest = options->nbest > 1 ? (size_t)options->nbest : 1;
    return (SearchOptions){
        .max_tokens = options->max_length > 0 && max_length < most ? max_length : most,
        .scores = options->scores,
        .attention = options->attention,
        .runners_up = options->runners_up > 0 ? (size_t)options->runners_up : 0,
        .beam = beam,
        .nbest = nbest < beam ? nbest : beam,
        .length_penalty = options->length_penalty,
        .shortlist = !options->no_shortlist && !options->observe,
        .threads = options->threads > 1 ? (size_t)options->threads : 1,
    };
}

/* Checks what is to be taken away, and says so to the search. */
static bool take_away(Job *job, const xattn_options *options, Error *err) {
    const Config *c = &job->model->config;
    size_t n = options->n_ablations;
    CrossAblation *all = arena_array(&job->arena, n, sizeof *all, "ablations", err);
    if (!all) return false;
    for (size_t i = 0; i < n; i++) {
        const xattn_ablation *a = &options->ablations[i];
        if (a->layer < 0 || (size_t)a->layer >= c->decoder_layers)
            return error_set(err, "no layer %d to ablate: the decoder's layers are 0 to %zu",
                             a->layer, c->decoder_layers - 1);
        if (a->head < XATTN_UNIFORM || a->head >= (int)c->decoder_heads)
            return error_set(err, "no head %d to ablate: the heads are 0 to %zu", a->head,
                             c->decoder_heads - 1);
        all[i] =
            (CrossAblation){(size_t)a->layer, a->head == XATTN_UNIFORM ? ABLATE_SCORES : a->head};
    }
    job->search.ablations = all;
    job->search.n_ablations = n;
    return true;
}

/* ---- Tokenise ---- */

static bool job_alloc(Job *job, bool with_targets, Error *err) {
    static const char what[] = "a batch";
    size_t n = job->n, n_found = n * job->search.nbest;
    if (with_targets) {
        job->targets = arena_array(&job->arena, n, sizeof *job->targets, what, err);
        if (!job->targets) return false;
    }
    return (job->texts = arena_array(&job->arena, n, sizeof *job->texts, what, err)) &&
           (job->sources = arena_array(&job->arena, n, sizeof *job->sources, what, err)) &&
           (job->hypotheses =
                arena_array(&job->arena, n_found, sizeof *job->hypotheses, what, err));
}

/* The tokens of a text, and *cut, if there are too many for the model. */
static bool encode(Job *job, Side side, const char *text, bool capitals, Tokens *tokens, bool *cut,
                   Error *err) {
    size_t most =
        side == SIDE_SOURCE ? model_source_limit(job->model) : model_target_limit(job->model);
    Buffer lower = {0};
    if (capitals) capitals_lower(text, strlen(text), &lower);
    if (capitals) text = lower.data ? lower.data : "";
    bool ok = buffer_ok(&lower, "a text in small letters", err) &&
              tokenizer_encode(&job->model->tokenizer, side, text, strlen(text), most, tokens, cut,
                               &job->arena, err);
    buffer_free(&lower);
    return ok;
}

static bool tokenize_text(Job *job, const char *source, const char *target, Text *text,
                          Error *err) {
    size_t at = text->position = job->n_sources;
    text->capitals = job->model->config.lowercase_capitals &&
                     capitals_typed(source, strlen(source)) &&
                     (!target || capitals_typed(target, strlen(target)));
    if (!encode(job, SIDE_SOURCE, source, text->capitals, &job->sources[at], &text->source_cut,
                err) ||
        (target && !encode(job, SIDE_TARGET, target, text->capitals, &job->targets[at],
                           &text->target_cut, err)))
        return false;
    text->blank = job->sources[at].n == 1;
    job->n_sources += !text->blank;
    return true;
}

static bool tokenize(Job *job, const char *const *texts, const char *const *targets,
                     ptrdiff_t *culprit, Error *err) {
    for (size_t i = 0; i < job->n; i++) {
        *culprit = (ptrdiff_t)i;
        if (!tokenize_text(job, texts[i], targets ? targets[i] : NULL, &job->texts[i], err))
            return false;
    }
    *culprit = -1;
    return true;
}

/* ---- Fill ---- */

static bool fill(const Job *job, size_t i, xattn_translation *t, Error *err) {
    const Text *text = &job->texts[i];
    Found found = {.model = job->model, .search = &job->search, .capitals = text->capitals};
    if (!text->blank) {
        found.source = &job->sources[text->position];
        found.hypotheses = &job->hypotheses[text->position * job->search.nbest];
    }
    if (!fill_translation(&found, t, err)) return false;
    t->source_cut = text->source_cut;
    for (size_t k = 0; k < t->n_alternatives; k++) t->alternatives[k].source_cut = t->source_cut;
    t->target_cut = t->target_cut || text->target_cut;
    return true;
}

/* ---- The call ---- */

static bool run(Job *job, const char *const *texts, const char *const *targets,
                xattn_translation *translations, ptrdiff_t *culprit, Error *err) {
    if (!job_alloc(job, targets != NULL, err) || !tokenize(job, texts, targets, culprit, err) ||
        !search_translate(job->model, job->sources, job->targets, job->n_sources, &job->search,
                          job->hypotheses, err))
        return false;
    size_t filled = 0;
    while (filled < job->n && fill(job, filled, &translations[filled], err)) filled++;
    if (filled == job->n) return true;
    for (size_t i = 0; i < filled; i++) fill_free(&translations[i]);
    return false;
}

/* A traced matrix in the public interface's terms; context: the xattn_options. */
static void show_activation(void *context, const TracedMatrix *matrix) {
    const xattn_options *options = context;
    options->observe(options->observe_context,
                     &(xattn_activation){matrix->scope, matrix->name, matrix->head, matrix->n,
                                         matrix->m, matrix->values});
}

bool job_translate(const Model *model, const char *const *texts, const char *const *targets,
                   size_t n, const xattn_options *options, xattn_translation *translations,
                   ptrdiff_t *culprit, Error *err) {
    Job job = {.model = model, .n = n};
    xattn_options wanted = options ? *options : (xattn_options){0};
    Trace trace = {.observe = show_activation, .context = &wanted};
    job.search = search_options(model, &wanted);
    *culprit = -1;
    if (targets) job.search.beam = job.search.nbest = 1;
    if (wanted.observe) job.search.trace = &trace;
    bool ok = !wanted.observe || (n == 1 && job.search.beam == 1) ||
              error_set(err, "one sentence at a time can be observed, in greedy search");
    ok = ok && take_away(&job, &wanted, err) &&
         run(&job, texts, targets, translations, culprit, err);
    for (size_t i = 0; i < job.n_sources * job.search.nbest; i++)
        hypothesis_free(&job.hypotheses[i]);
    arena_free(&job.arena);
    return ok;
}
