#include "decode/search.h"

#include <stdlib.h>

#include "decode/beam.h"
#include "decode/greedy.h"

/* One batch: bounded in rows and in tokens, so that memory is bounded whatever comes in. */
enum { BATCH_ROWS = 64, BATCH_TOKENS = 2048 };

static int by_length(const void *a, const void *b) {
    const Tokens *const *x = a, *const *y = b;
    if ((*x)->n != (*y)->n) return (*x)->n < (*y)->n ? 1 : -1;  // longest first
    return (*x > *y) - (*x < *y);                               // qsort is not stable
}

/* How many of the sorted sources make up the next batch: the first is the longest. */
static size_t batch_size(const Tokens *const *sorted, size_t n, size_t beam) {
    size_t size = 0, tokens = 0;
    while (size < n && (size + 1) * beam <= BATCH_ROWS && tokens + sorted[size]->n <= BATCH_TOKENS)
        tokens += sorted[size++]->n;
    return size ? size : 1;
}

/* What search_translate was given. */
typedef struct {
    const Model *model;
    const Tokens *sources, *targets;
    const SearchOptions *options;
    Hypothesis *hypotheses;
} Job;

static bool run_batch(const Job *job, const Tokens *const *batch, size_t n, Error *err) {
    const Tokens *targets[BATCH_ROWS];
    Hypothesis *hypotheses[BATCH_ROWS];
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)(batch[i] - job->sources);
        if (job->targets) targets[i] = &job->targets[at];
        hypotheses[i] = job->hypotheses + at * job->options->nbest;
        *hypotheses[i] = rows_hypothesis(job->model, batch[i], job->options);
    }
    if (job->targets || job->options->beam == 1)
        return greedy_search(job->model, batch, job->targets ? targets : NULL, n, job->options,
                             hypotheses, err);
    return beam_search(job->model, batch, n, job->options, hypotheses, err);
}

bool search_translate(const Model *model, const Tokens *sources, const Tokens *targets, size_t n,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err) {
    Job job = {model, sources, targets, options, hypotheses};
    const Tokens **sorted = malloc((n + 1) * sizeof *sorted);
    if (!sorted) return error_memory(err, (n + 1) * sizeof *sorted, "a batch");
    for (size_t i = 0; i < n * options->nbest; i++) hypotheses[i] = (Hypothesis){0};
    for (size_t i = 0; i < n; i++) sorted[i] = &sources[i];
    qsort(sorted, n, sizeof *sorted, by_length);
    bool ok = true;
    for (size_t done = 0, size; ok && done < n; done += size) {
        size = batch_size(sorted + done, n - done, options->beam);
        ok = run_batch(&job, sorted + done, size, err);
    }
    for (size_t i = 0; !ok && i < n * options->nbest; i++) hypothesis_free(&hypotheses[i]);
    free((void *)sorted);
    return ok;
}
