#include "decode/hypothesis.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

static void *resize(void *array, size_t n, size_t size, Error *err) {
    bool overflows = n > SIZE_MAX / size;
    void *bigger = overflows ? NULL : realloc(array, n * size);
    if (!bigger) error_memory(err, overflows ? SIZE_MAX : n * size, "a hypothesis");
    return bigger;
}

/* Room for at least n tokens. */
static bool reserve(Hypothesis *h, size_t n, Error *err) {
    if (n <= h->capacity) return true;
    size_t capacity = h->capacity ? h->capacity : FIRST_CAPACITY;
    while (capacity < n) capacity *= 2;
    int *ids = resize(h->ids, capacity, sizeof *ids, err);
    if (ids) h->ids = ids;
    float *logprobs = ids ? resize(h->logprobs, capacity, sizeof *logprobs, err) : NULL;
    if (logprobs) h->logprobs = logprobs;
    if (!ids || !logprobs) return false;
    if (h->row_size) {
        float *rows = resize(h->rows, capacity, h->row_size * sizeof *rows, err);
        if (!rows) return false;
        h->rows = rows;
    }
    if (h->n_runners_up) {
        RunnerUp *runners = resize(h->runners_up, capacity, h->n_runners_up * sizeof *runners, err);
        if (!runners) return false;
        h->runners_up = runners;
    }
    h->capacity = capacity;
    return true;
}

bool hypothesis_reserve(Hypothesis *h, Error *err) { return reserve(h, h->n + 1, err); }

bool hypothesis_copy(const Hypothesis *from, Hypothesis *to, Error *err) {
    if (!reserve(to, from->n + 1, err)) return false;
    to->n = from->n;
    to->score = from->score;
    to->cut = from->cut;
    if (from->n) {
        memcpy(to->ids, from->ids, from->n * sizeof *to->ids);
        memcpy(to->logprobs, from->logprobs, from->n * sizeof *to->logprobs);
    }
    if (from->row_size)
        memcpy(to->rows, from->rows, (from->n + 1) * from->row_size * sizeof *to->rows);
    if (from->n_runners_up)
        memcpy(to->runners_up, from->runners_up,
               (from->n + 1) * from->n_runners_up * sizeof *to->runners_up);
    return true;
}

float *hypothesis_next_row(const Hypothesis *h) {
    return h->row_size ? h->rows + h->n * h->row_size : NULL;
}

RunnerUp *hypothesis_next_runners_up(const Hypothesis *h) {
    return h->n_runners_up ? h->runners_up + h->n * h->n_runners_up : NULL;
}

void hypothesis_append(Hypothesis *h, int id, float logprob) {
    h->ids[h->n] = id;
    h->logprobs[h->n] = logprob;
    h->score += (double)logprob;
    h->n++;
}

/* How many tokens at the end of ids [n] only repeat, with this period, what stands before them, and
   the first period itself. */
static size_t repeated(const int *ids, size_t n, size_t period) {
    size_t length = period;
    while (length < n && ids[n - 1 - length] == ids[n - 1 - length + period]) length++;
    return length;
}

bool hypothesis_repeats(const Hypothesis *h, int eos) {
    enum { LONGEST_PERIOD = 16, TIMES = 4, LENGTH = 12 };
    size_t n = h->n && h->ids[h->n - 1] == eos ? h->n - 1 : h->n;
    for (size_t period = 1; period <= LONGEST_PERIOD && period * TIMES <= n; period++) {
        size_t length = repeated(h->ids, n, period);
        if (length >= TIMES * period && length >= LENGTH) return true;
    }
    return false;
}

void hypothesis_free(Hypothesis *h) {
    free(h->ids);
    free(h->logprobs);
    free(h->rows);
    free(h->runners_up);
    *h = (Hypothesis){0};
}
