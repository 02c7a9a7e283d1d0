#include "decode/hypothesis.h"

#include <stdlib.h>
#include <string.h>

/* Allocates n elements, at least one, so that NULL always means out of memory. */
static void *array(size_t n, size_t size, Error *err) {
    void *memory = calloc(n ? n : 1, size);
    if (!memory) error_memory(err, n * size, "a hypothesis");
    return memory;
}

static bool alloc(const Prefix *last, Hypothesis *h, Error *err) {
    size_t n = last->n;
    *h = (Hypothesis){.n = n,
                      .score = last->score,
                      .attention_size = last->attention_size,
                      .n_runners_up = last->n_runners_up};
    return (h->ids = array(n, sizeof *h->ids, err)) &&
           (h->logprobs = array(n, sizeof *h->logprobs, err)) &&
           (!h->attention_size ||
            (h->attention = array(n * h->attention_size, sizeof *h->attention, err))) &&
           (!h->n_runners_up ||
            (h->runners_up = array(n * h->n_runners_up, sizeof *h->runners_up, err)));
}

bool hypothesis_trace(const Prefix *last, Hypothesis *h, Error *err) {
    if (!alloc(last, h, err)) {
        hypothesis_free(h);
        return false;
    }
    for (const Prefix *prefix = last; prefix->before; prefix = prefix->before) {
        const Prefix *asked = prefix->before;  // has the attention that predicted this token
        size_t t = prefix->n - 1;
        h->ids[t] = prefix->id;
        h->logprobs[t] = prefix->logprob;
        if (h->attention)
            memcpy(h->attention + t * h->attention_size, asked->attention,
                   h->attention_size * sizeof *h->attention);
        if (h->runners_up)
            memcpy(h->runners_up + t * h->n_runners_up, asked->runners_up,
                   h->n_runners_up * sizeof *h->runners_up);
    }
    return true;
}

/* The number of tokens at the end of ids [n] that have this period, the first period included. */
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
    free(h->attention);
    free(h->runners_up);
    *h = (Hypothesis){0};
}
