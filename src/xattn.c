/* xattn.c: the public interface, on top of model and decode. Nothing is computed here. */
#include "xattn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode/search.h"
#include "model/model.h"
#include "text/capitals.h"
#include "text/sentences.h"
#include "xattn/join.h"

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

/* The public names of the same. */
_Static_assert((int)XATTN_AS_STORED == (int)PRECISION_STORED &&
                   (int)XATTN_F32 == (int)PRECISION_F32 && (int)XATTN_INT8 == (int)PRECISION_INT8,
               "xattn_weights and Precision agree");

xattn_model *xattn_open(const char *path, xattn_error *error) {
    return xattn_open_as(path, XATTN_AS_STORED, error);
}

xattn_model *xattn_open_as(const char *path, xattn_weights weights, xattn_error *error) {
    Error err = {0};
    xattn_model *model = calloc(1, sizeof *model);
    bool ok = model ? model_load(path, (Precision)weights, &model->model, &err)
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
        .length_penalty = c->length_penalty,
    };
}

/* The state of one call: a source and hypotheses for every text. A text without a piece in it is
   not translated; `position` says where the others stand among those that are. */
typedef struct {
    const Model *model;
    SearchOptions search;
    size_t n, n_sources;
    Arena arena;
    Tokens *sources;         // [n_sources]
    Tokens *targets;         // [n_sources] if they are given, else NULL
    Hypothesis *hypotheses;  // [n_sources][nbest]
    size_t *position;        // [n] in these arrays
    bool *source_cut;        // [n] it lost its end
    bool *target_cut;        // [n] and so did the given target
    bool *blank;             // [n]
    bool *capitals;          // [n] read in small letters, to be answered in capitals
} Job;

static bool job_alloc(Job *job, bool with_targets, Error *err) {
    static const char what[] = "a batch";
    size_t n = job->n;
    if (with_targets) {
        job->targets = arena_array(&job->arena, n, sizeof *job->targets, what, err);
        if (!job->targets) return false;
    }
    return (job->sources = arena_array(&job->arena, n, sizeof *job->sources, what, err)) &&
           (job->hypotheses = arena_array(&job->arena, n * job->search.nbest,
                                          sizeof *job->hypotheses, what, err)) &&
           (job->position = arena_array(&job->arena, n, sizeof *job->position, what, err)) &&
           (job->source_cut = arena_array(&job->arena, n, sizeof *job->source_cut, what, err)) &&
           (job->target_cut = arena_array(&job->arena, n, sizeof *job->target_cut, what, err)) &&
           (job->blank = arena_array(&job->arena, n, sizeof *job->blank, what, err)) &&
           (job->capitals = arena_array(&job->arena, n, sizeof *job->capitals, what, err));
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

static bool tokenize(Job *job, const char *const *texts, const char *const *targets,
                     ptrdiff_t *culprit, Error *err) {
    for (size_t i = 0; i < job->n; i++) {
        size_t at = job->n_sources;
        *culprit = (ptrdiff_t)i;
        bool capitals = job->capitals[i] =
            job->model->config.lowercase_capitals && capitals_typed(texts[i], strlen(texts[i])) &&
            (!targets || capitals_typed(targets[i], strlen(targets[i])));
        if (!encode(job, SIDE_SOURCE, texts[i], capitals, &job->sources[at], &job->source_cut[i],
                    err))
            return false;
        if (targets && !encode(job, SIDE_TARGET, targets[i], capitals, &job->targets[at],
                               &job->target_cut[i], err))
            return false;
        job->blank[i] = job->sources[at].n == 1;
        job->position[i] = at;
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
                   h->rows + row * h->row_size + map * n_src, n_src * sizeof(float));
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

/* The k-th hypothesis of text i. */
static const Hypothesis *hypothesis_of(const Job *job, size_t i, size_t k) {
    return &job->hypotheses[job->position[i] * job->search.nbest + k];
}

/* What it says, into a translation whose source is there already. */
static bool fill_target(const Job *job, size_t i, size_t k, xattn_translation *t, Arena *arena,
                        Error *err) {
    const SearchOptions *search = &job->search;
    const Hypothesis *h = hypothesis_of(job, i, k);
    t->n_layers = job->model->config.decoder_layers;
    t->n_heads = job->model->config.decoder_heads;
    t->target_cut = h->cut;
    t->repeats = hypothesis_repeats(h, job->model->config.eos);
    if (!copy_target(job->model, h, job->capitals[i], t, arena, err) ||
        (search->scores && !copy_scores(h, t, arena, err)))
        return false;
    double length = pow((double)h->n, (double)search->length_penalty);
    t->normalized_score = search->beam > 1 ? t->score / length : t->score;
    return (!search->rows || copy_attention(h, t, arena, err)) &&
           (!h->n_runners_up || copy_runners_up(job->model, h, t, arena, err));
}

static bool fill_alternatives(const Job *job, size_t i, xattn_translation *t, Arena *arena,
                              Error *err) {
    size_t n = 0;
    while (n + 1 < job->search.nbest && hypothesis_of(job, i, n + 1)->n) n++;
    t->alternatives = arena_array(arena, n, sizeof *t->alternatives, "translations", err);
    if (!t->alternatives) return false;
    for (; t->n_alternatives < n; t->n_alternatives++) {
        xattn_translation *other = &t->alternatives[t->n_alternatives];
        *other = (xattn_translation){.source = t->source, .source_cut = t->source_cut};
        if (!fill_target(job, i, t->n_alternatives + 1, other, arena, err)) return false;
    }
    return true;
}

static bool fill(const Job *job, size_t i, xattn_translation *t, Error *err) {
    *t = (xattn_translation){.text = "",
                             .source_cut = job->source_cut[i],
                             .n_layers = job->model->config.decoder_layers,
                             .n_heads = job->model->config.decoder_heads};
    if (job->blank[i]) return true;
    Arena *arena = t->memory = calloc(1, sizeof *arena);
    if (!arena) return error_memory(err, sizeof *arena, "a translation");
    if (!copy_tokens(&job->sources[job->position[i]], &t->source, arena, err) ||
        !fill_target(job, i, 0, t, arena, err) || !fill_alternatives(job, i, t, arena, err))
        return false;
    t->target_cut = t->target_cut || job->target_cut[i];
    return true;
}

/* The options in the search's terms. */
static SearchOptions search_options(const Model *model, const xattn_options *options) {
    size_t most = model_target_limit(model), max_length = (size_t)options->max_length;
    size_t beam = options->beam > 1 ? (size_t)options->beam : 1;
    size_t nbest = options->nbest > 1 ? (size_t)options->nbest : 1;
    return (SearchOptions){
        .max_tokens = options->max_length > 0 && max_length < most ? max_length : most,
        .scores = options->scores,
        .rows = options->attention,
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

static bool run(Job *job, const char *const *texts, const char *const *targets,
                xattn_translation *translations, ptrdiff_t *culprit, Error *err) {
    if (!job_alloc(job, targets != NULL, err) || !tokenize(job, texts, targets, culprit, err) ||
        !search_translate(job->model, job->sources, job->targets, job->n_sources, &job->search,
                          job->hypotheses, err))
        return false;
    size_t filled = 0;
    while (filled < job->n && fill(job, filled, &translations[filled], err)) filled++;
    if (filled == job->n) return true;
    for (size_t i = 0; i <= filled; i++) xattn_translation_free(&translations[i]);
    return false;
}

/* A traced matrix in the public interface's terms; context: the xattn_options. */
static void show_activation(void *context, const TracedMatrix *matrix) {
    const xattn_options *options = context;
    options->observe(options->observe_context,
                     &(xattn_activation){matrix->scope, matrix->name, matrix->head, matrix->n,
                                         matrix->m, matrix->values});
}

static bool translate(const xattn_model *model, const char *const *texts,
                      const char *const *targets, size_t n, const xattn_options *options,
                      xattn_translation *translations, xattn_error *error) {
    Error err = {0};
    ptrdiff_t culprit = -1;
    Job job = {.model = model->model, .n = n};
    xattn_options wanted = options ? *options : (xattn_options){0};
    Trace trace = {.observe = show_activation, .context = &wanted};
    job.search = search_options(model->model, &wanted);
    if (targets) job.search.beam = job.search.nbest = 1;
    if (wanted.observe) job.search.trace = &trace;
    bool ok = !wanted.observe || (n == 1 && job.search.beam == 1) ||
              error_set(&err, "one sentence at a time can be observed, in greedy search");
    ok = ok && take_away(&job, &wanted, &err) &&
         run(&job, texts, targets, translations, &culprit, &err);
    for (size_t i = 0; i < job.n_sources * job.search.nbest; i++)
        hypothesis_free(&job.hypotheses[i]);
    arena_free(&job.arena);
    return ok || report(&err, culprit, error);
}

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

/* For models of one sentence at a time. */
static bool translate_sentences(const xattn_model *model, const char *const *texts, size_t n,
                                const xattn_options *options, xattn_translation *translations,
                                xattn_error *error) {
    Sentences all = {0};
    Error err = {0};
    bool ok = split(texts, n, &all, &err) || report(&err, -1, error);
    if (ok && !translate(model, all.items, NULL, all.n, options, all.results, error)) {
        ok = false;
        size_t text = 0;
        while (error && error->culprit >= (ptrdiff_t)all.first[text + 1]) text++;
        if (error && error->culprit >= 0) error->culprit = (ptrdiff_t)text;
    }
    size_t done = 0;
    double length_penalty = options ? (double)options->length_penalty : 0.0;
    while (ok && done < n) {
        ok = put_together(&all, done, length_penalty, &translations[done], &err) ||
             report(&err, -1, error);
        done += ok;
    }
    for (size_t i = 0; !ok && i < done; i++) xattn_translation_free(&translations[i]);
    for (size_t i = 0; i < all.n && all.results; i++) xattn_translation_free(&all.results[i]);
    arena_free(&all.arena);
    return ok;
}

bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation *translations,
                     xattn_error *error) {
    if (model->model->config.one_sentence && !(options && options->no_split))
        return translate_sentences(model, texts, n, options, translations, error);
    return translate(model, texts, NULL, n, options, translations, error);
}

bool xattn_score(const xattn_model *model, const char *const *texts, const char *const *targets,
                 size_t n, const xattn_options *options, xattn_translation *translations,
                 xattn_error *error) {
    return translate(model, texts, targets, n, options, translations, error);
}

void xattn_translation_free(xattn_translation *translation) {
    if (translation->memory) arena_free(translation->memory);
    free(translation->memory);
    *translation = (xattn_translation){0};
}
