#include "decode/search.h"

#include <stdlib.h>

#include "base/threads.h"
#include "decode/beam.h"
#include "decode/greedy.h"
#include "nn/matrix.h"

/* A batch has limited rows and tokens, so that memory is limited for every input. Batches are smaller
   only if there would be too few for all threads. */
enum { BATCH_TOKENS = 2048, BATCHES_PER_THREAD = 2 };

size_t search_rows(const Model *model) { return linear_rows(&model->decoder.output); }

static int by_length(const void *a, const void *b) {
    const Tokens *const *x = a, *const *y = b;
    if ((*x)->n != (*y)->n) return (*x)->n < (*y)->n ? 1 : -1;  // longest first
    return (*x > *y) - (*x < *y);                               // because qsort is not stable
}

/* The arguments of search_translate, and the batches. */
typedef struct {
    const Model *model;
    const Tokens *sources, *targets;
    SearchOptions options;
    size_t nbest;
    Hypothesis *hypotheses;  // [n][nbest]
    const Tokens **sorted;   // [n] the sources, longest first
    size_t *first;           // [n_batches + 1] the first source of each batch in `sorted`
    size_t n_batches;
} Job;

/* The most sources in a batch. */
static size_t most_sources(const Model *model, size_t n, const SearchOptions *options) {
    size_t limit = search_rows(model) / options->beam,
           shares = BATCHES_PER_THREAD * options->threads;
    if (options->threads > 1 && limit > n / shares + 1) limit = n / shares + 1;
    return limit ? limit : 1;
}

/* Cuts the sorted sources into batches. */
static void cut(Job *job, size_t n) {
    size_t limit = most_sources(job->model, n, &job->options), tokens = 0;
    job->n_batches = job->first[0] = 0;
    for (size_t i = 0; i < n; i++) {
        size_t size = i - job->first[job->n_batches];
        if (size && (size == limit || tokens + job->sorted[i]->n > BATCH_TOKENS)) {
            job->first[++job->n_batches] = i;
            tokens = 0;
        }
        tokens += job->sorted[i]->n;
    }
    if (n) job->first[++job->n_batches] = n;
}

static bool run_batch(void *context, size_t b, Error *err) {
    const Job *job = context;
    const Tokens *const *batch = job->sorted + job->first[b];
    size_t n = job->first[b + 1] - job->first[b];
    const Tokens *targets[LINEAR_MOST_ROWS];
    Hypothesis *hypotheses[LINEAR_MOST_ROWS];
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)(batch[i] - job->sources);
        if (job->targets) targets[i] = &job->targets[at];
        hypotheses[i] = job->hypotheses + at * job->nbest;
    }
    if (job->options.beam == 1)
        return greedy_search(job->model, batch, job->targets ? targets : NULL, n, &job->options,
                             hypotheses, err);
    return beam_search(job->model, batch, n, &job->options, hypotheses, err);
}

bool search_translate(const Model *model, const Tokens *sources, const Tokens *targets, size_t n,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err) {
    static const char what[] = "a batch";
    Arena arena = {0};
    Job job = {model, sources, targets, *options, options->nbest, hypotheses, NULL, NULL, 0};
    if (targets && !options->n_prefix) {  // scores given translations
        job.options.beam = 1;
        job.options.no_shortlist = true;
    }
    for (size_t i = 0; i < n * options->nbest; i++) hypotheses[i] = (Hypothesis){0};
    bool ok = (job.sorted = arena_array(&arena, n, sizeof *job.sorted, what, err)) &&
              (job.first = arena_array(&arena, n + 1, sizeof *job.first, what, err));
    if (ok) {
        for (size_t i = 0; i < n; i++) job.sorted[i] = &sources[i];
        qsort(job.sorted, n, sizeof *job.sorted, by_length);
        cut(&job, n);
        matrix_enter();
        ok = threads_run(options->threads, job.n_batches, run_batch, &job, err);
        matrix_leave();
    }
    for (size_t i = 0; !ok && i < n * options->nbest; i++) hypothesis_free(&hypotheses[i]);
    arena_free(&arena);
    return ok;
}
