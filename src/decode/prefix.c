#include "decode/prefix.h"

#include <stdlib.h>

/* Allocates the struct and its two arrays in one block. */
static Prefix *alloc(size_t attention_size, size_t n_runners_up, Error *err) {
    size_t size = sizeof(Prefix) + attention_size * sizeof(float) + n_runners_up * sizeof(RunnerUp);
    Prefix *prefix = calloc(1, size);
    if (!prefix) {
        error_memory(err, size, "a hypothesis");
        return NULL;
    }
    prefix->n_users = 1;
    prefix->attention_size = attention_size;
    prefix->n_runners_up = n_runners_up;
    RunnerUp *runners_up = (RunnerUp *)(prefix + 1);  // first: floats need less alignment
    if (n_runners_up) prefix->runners_up = runners_up;
    if (attention_size) prefix->attention = (float *)(runners_up + n_runners_up);
    return prefix;
}

Prefix *prefix_start(size_t sentence, int start, size_t attention_size, size_t n_runners_up,
                     Error *err) {
    Prefix *prefix = alloc(attention_size, n_runners_up, err);
    if (!prefix) return NULL;
    prefix->sentence = sentence;
    prefix->id = start;
    return prefix;
}

Prefix *prefix_extend(Prefix *before, int id, float logprob, Error *err) {
    Prefix *prefix = alloc(before->attention_size, before->n_runners_up, err);
    if (!prefix) return NULL;
    before->n_users++;
    prefix->before = before;
    prefix->sentence = before->sentence;
    prefix->n = before->n + 1;
    prefix->id = id;
    prefix->logprob = logprob;
    prefix->score = before->score + (double)logprob;
    return prefix;
}

void prefix_ids(const Prefix *prefix, int *ids) {
    for (; prefix; prefix = prefix->before) ids[prefix->n] = prefix->id;
}

void prefix_release(Prefix *prefix) {
    while (prefix && --prefix->n_users == 0) {
        Prefix *before = prefix->before;
        free(prefix);
        prefix = before;
    }
}
