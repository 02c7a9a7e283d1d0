#include "decode/hypothesis.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_CAPACITY = 16 };

static void *resize(void *array, size_t n, size_t size, Error *err) {
    bool overflows = n > SIZE_MAX / size;
    void *bigger = overflows ? NULL : realloc(array, n * size);
    if (!bigger) error_memory(err, overflows ? SIZE_MAX : n * size, "a hypothesis");
    return bigger;
}

bool hypothesis_reserve(Hypothesis *h, Error *err) {
    if (h->n < h->capacity) return true;
    size_t capacity = h->capacity ? 2 * h->capacity : FIRST_CAPACITY;
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
    h->capacity = capacity;
    return true;
}

float *hypothesis_next_row(const Hypothesis *h) {
    return h->row_size ? h->rows + h->n * h->row_size : NULL;
}

void hypothesis_append(Hypothesis *h, int id, float logprob) {
    h->ids[h->n] = id;
    h->logprobs[h->n] = logprob;
    h->n++;
}

void hypothesis_free(Hypothesis *h) {
    free(h->ids);
    free(h->logprobs);
    free(h->rows);
    *h = (Hypothesis){0};
}
