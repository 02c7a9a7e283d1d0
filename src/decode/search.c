#include "decode/search.h"

#include <math.h>
#include <stdlib.h>

#include "decode/greedy.h"

/* One batch: bounded in rows and in tokens, so that memory is bounded whatever comes in. */
enum { BATCH_ROWS = 64, BATCH_TOKENS = 2048 };

size_t search_limit(const Model *model, const SearchOptions *options, size_t n_source) {
    double limit = ceil(model->config.length_factor * (double)n_source);
    return limit > 0.0 && limit < (double)options->max_tokens ? (size_t)limit : options->max_tokens;
}

static int by_length(const void *a, const void *b) {
    const Tokens *const *x = a, *const *y = b;
    if ((*x)->n != (*y)->n) return (*x)->n < (*y)->n ? 1 : -1;  // longest first
    return (*x > *y) - (*x < *y);                               // qsort is not stable
}

/* How many of the sorted sources make up the next batch: the first is the longest. */
static size_t batch_size(const Tokens *const *sorted, size_t n) {
    size_t size = 0, tokens = 0;
    while (size < n && size < BATCH_ROWS && (size == 0 || tokens + sorted[size]->n <= BATCH_TOKENS))
        tokens += sorted[size++]->n;
    return size;
}

/* hypotheses: those of all sources, from `first` on. */
static bool run_batch(const Model *model, const Tokens *const *batch, size_t n, const Tokens *first,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err) {
    Hypothesis *targets[BATCH_ROWS];
    for (size_t i = 0; i < n; i++) targets[i] = &hypotheses[batch[i] - first];
    return greedy_search(model, batch, n, options, targets, err);
}

bool search_translate(const Model *model, const Tokens *sources, size_t n,
                      const SearchOptions *options, Hypothesis *hypotheses, Error *err) {
    const Tokens **sorted = malloc((n + 1) * sizeof *sorted);
    if (!sorted) return error_memory(err, (n + 1) * sizeof *sorted, "a batch");
    for (size_t i = 0; i < n; i++) {
        sorted[i] = &sources[i];
        hypotheses[i] = (Hypothesis){0};
    }
    qsort(sorted, n, sizeof *sorted, by_length);
    bool ok = true;
    for (size_t done = 0, size; ok && done < n; done += size) {
        size = batch_size(sorted + done, n - done);
        ok = run_batch(model, sorted + done, size, sources, options, hypotheses, err);
    }
    for (size_t i = 0; !ok && i < n; i++) hypothesis_free(&hypotheses[i]);
    free((void *)sorted);
    return ok;
}
