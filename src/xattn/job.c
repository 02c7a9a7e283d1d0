#include "xattn/job.h"

#include <stdlib.h>
#include <string.h>

#include "text/capitals.h"
#include "text/tags.h"
#include "xattn/caller.h"
#include "xattn/fill.h"
#include "xattn/options.h"
#include "xattn/unknown.h"

/* A sentence of the job. One without pieces is blank and skips the search; `position` is the index of
   the others in it. */
typedef struct {
    size_t position;
    bool blank;
    bool capitals;    // read in small letters, answered in capitals
    bool source_cut;  // the source lost its end
    bool untagged;    // its target language is not named
    bool target_cut;  // the given target lost its end
} Sentence;

/* The state of a job. */
typedef struct {
    const Model *model;
    const xattn_options *options;
    size_t n, n_sources;
    bool reads;              // the targets are whole translations
    Sentence *sentences;     // [n]
    Tokens *sources;         // [n_sources]
    Tokens *targets;         // [n_sources] given ones or their beginnings; else NULL
    Hypothesis *hypotheses;  // [n_sources][nbest]
    Arena arena;
} Job;

static bool job_alloc(Job *job, bool with_targets, Error *err) {
    static const char what[] = "a batch";
    size_t n = job->n, n_found = n * job->options->nbest;
    if (with_targets) {
        job->targets = arena_array(&job->arena, n, sizeof *job->targets, what, err);
        if (!job->targets) return false;
    }
    return (job->sentences = arena_array(&job->arena, n, sizeof *job->sentences, what, err)) &&
           (job->sources = arena_array(&job->arena, n, sizeof *job->sources, what, err)) &&
           (job->hypotheses =
                arena_array(&job->arena, n_found, sizeof *job->hypotheses, what, err));
}

/* ---- Tokenise ---- */

/* Turns a text into tokens; sets *cut if there are too many for the model. */
static bool encode(Job *job, Side side, const char *text, bool capitals, Tokens *tokens, bool *cut,
                   Error *err) {
    size_t most =
        side == XATTN_SOURCE ? model_source_limit(job->model) : model_target_limit(job->model);
    const char *tag = side == XATTN_SOURCE ? job->options->target_language : NULL;
    Buffer read = {0};
    if (tag && !tags_length(text, strlen(text))) buffer_string(&read, tag);
    if (capitals)
        capitals_lower(text, strlen(text), &read);
    else
        buffer_string(&read, text);
    bool ok = buffer_ok(&read, "a text", err) &&
              tokenizer_encode(&job->model->tokenizer, side, read.data ? read.data : "", read.size,
                               most, tokens, cut, &job->arena, err);
    buffer_free(&read);
    return ok;
}

/* The given beginning of a translation, as tokens. */
static bool encode_prefix(Job *job, const JobSentence *given, Tokens *tokens, Error *err) {
    size_t n = given->n_prefix;
    tokens->ids = arena_array(&job->arena, n, sizeof *tokens->ids, "a prefix", err);
    if (!tokens->ids) return false;
    if (n) memcpy(tokens->ids, given->prefix, n * sizeof *tokens->ids);
    tokens->n = n < job->options->max_length ? n : job->options->max_length;
    return true;
}

static bool tokenise_one(Job *job, const JobSentence *given, Sentence *s, Error *err) {
    size_t at = s->position = job->n_sources;
    const char *target = given->target;
    s->capitals = job->model->config.lowercase_capitals &&
                  capitals_typed(given->source, strlen(given->source)) &&
                  (!target || capitals_typed(target, strlen(target)));
    if (!encode(job, XATTN_SOURCE, given->source, s->capitals, &job->sources[at], &s->source_cut,
                err) ||
        (target &&
         !encode(job, XATTN_TARGET, target, s->capitals, &job->targets[at], &s->target_cut, err)) ||
        (!target && job->targets && !encode_prefix(job, given, &job->targets[at], err)))
        return false;
    bool is_tagged =
        job->options->target_language && !tags_length(given->source, strlen(given->source));
    s->blank = job->sources[at].n == (is_tagged ? 2 : 1);
    s->untagged = !s->blank && !job->options->target_language &&
                  tokenizer_lacks_tag(&job->model->tokenizer, given->source);
    job->n_sources += !s->blank;
    return true;
}

static bool tokenise(Job *job, const JobSentence *given, Error *err) {
    for (size_t i = 0; i < job->n; i++) {
        if (tokenise_one(job, &given[i], &job->sentences[i], err)) continue;
        err->index = (ptrdiff_t)i;
        return false;
    }
    return true;
}

/* ---- Fill ---- */

static Result *fill(const Job *job, size_t i, Error *err) {
    const Sentence *s = &job->sentences[i];
    Found found = {.model = job->model, .options = job->options, .capitals = s->capitals};
    if (!s->blank) {
        found.source = &job->sources[s->position];
        found.given = job->reads ? &job->targets[s->position] : NULL;
        found.hypotheses = &job->hypotheses[s->position * job->options->nbest];
    }
    Result *result = fill_translation(&found, err);
    if (!result) return NULL;
    result->shown.source_cut = s->source_cut;
    result->shown.untagged = s->untagged;
    result->shown.target_cut = result->shown.target_cut || s->target_cut;
    return result;
}

static bool fill_all(const Job *job, Result **results, Error *err) {
    size_t filled = 0;
    while (filled < job->n && (results[filled] = fill(job, filled, err)) != NULL) filled++;
    if (filled == job->n) return true;
    while (filled) result_free(results[--filled]);
    return false;
}

/* ---- The job ---- */

/* Whether a hypothesis for source i contains <unk>. */
static bool says_unknown(const Job *job, size_t i) {
    for (size_t k = 0; k < job->options->nbest; k++)
        if (unknown_is_said(job->model, &job->hypotheses[i * job->options->nbest + k])) return true;
    return false;
}

/* Searches once more for the n sources with the numbers `whose`, and keeps their attention. */
static bool search_again(Job *job, const size_t *whose, size_t n, const xattn_options *options,
                         Error *err) {
    size_t nbest = options->nbest;
    xattn_options wanted = *options;
    wanted.attention = true;
    Tokens *sources = arena_array(&job->arena, n, sizeof *sources, "a batch", err);
    Hypothesis *found = arena_array(&job->arena, n * nbest, sizeof *found, "a batch", err);
    if (!sources || !found) return false;
    for (size_t i = 0; i < n; i++) sources[i] = job->sources[whose[i]];
    if (!search_translate(job->model, sources, NULL, n, &wanted, found, err)) return false;
    for (size_t i = 0; i < n * nbest; i++) {
        Hypothesis *old = &job->hypotheses[whose[i / nbest] * nbest + i % nbest];
        hypothesis_free(old);
        *old = found[i];
    }
    return true;
}

/* A translation with <unk> needs its attention, to find the source word. This is rare, and attention is
   large, so only these translations are searched for once more, with attention. */
static bool look_at_unknown(Job *job, const xattn_options *options, Error *err) {
    size_t n = 0, *whose = arena_array(&job->arena, job->n_sources, sizeof *whose, "a batch", err);
    if (!whose) return false;
    if (options->attention || job->targets || !options_may_copy(options)) return true;
    for (size_t i = 0; i < job->n_sources; i++)
        if (says_unknown(job, i)) whose[n++] = i;
    return !n || search_again(job, whose, n, options, err);
}

static bool run(Job *job, const JobSentence *sentences, size_t first, Result **results,
                Error *err) {
    job->reads = job->n && sentences[0].target;
    bool with_targets = job->reads || job->options->n_prefix;
    if (!job_alloc(job, with_targets, err) || !tokenise(job, sentences, err)) return false;
    Caller caller;
    xattn_options options = caller_shield(&caller, job->options, job->sources, first);
    return search_translate(job->model, job->sources, job->targets, job->n_sources, &options,
                            job->hypotheses, err) &&
           look_at_unknown(job, &options, err) && fill_all(job, results, err);
}

bool job_translate(const Model *model, const JobSentence *sentences, size_t n, size_t first,
                   const xattn_options *options, Result **results, Error *err) {
    Job job = {.model = model, .options = options, .n = n};
    bool ok = run(&job, sentences, first, results, err);
    for (size_t i = 0; job.hypotheses && i < job.n_sources * options->nbest; i++)
        hypothesis_free(&job.hypotheses[i]);
    arena_free(&job.arena);
    return ok;
}
