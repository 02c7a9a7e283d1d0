#include "decode/constraints.h"

#include <math.h>
#include <string.h>

float *row_value(const RowLogits *logits, int id) {
    const Candidates *c = &logits->candidates;
    size_t first = 0, end = c->n;
    if (!c->ids) return &logits->values[id];
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (c->ids[middle] < id)
            first = middle + 1;
        else
            end = middle;
    }
    return first < c->n && c->ids[first] == id ? &logits->values[first] : NULL;
}

static void forbid(const RowLogits *logits, int id) {
    float *value = row_value(logits, id);
    if (value) *value = -INFINITY;
}

static void forbid_all(const RowLogits *logits, const int *ids, size_t n) {
    for (size_t i = 0; i < n; i++) forbid(logits, ids[i]);
}

static bool contains(const int *ids, size_t n, int id) {
    for (size_t i = 0; i < n; i++)
        if (ids[i] == id) return true;
    return false;
}

bool constraints_look_back(const Generation *g) {
    return g->repetition_penalty != 1.0F || g->no_repeat_ngram || g->n_sequences || g->min_length ||
           g->forced_bos >= 0 || g->banned_first.n;
}

void constraints_penalize(const Generation *g, const int *said, size_t n_said,
                          const RowLogits *logits, float zero) {
    for (size_t i = 0; i < n_said && g->repetition_penalty != 1.0F; i++) {
        float *value = contains(said, i, said[i]) ? NULL : row_value(logits, said[i]);
        if (!value) continue;
        float x = *value - zero;
        *value = zero + (x < 0.0F ? x * g->repetition_penalty : x / g->repetition_penalty);
    }
}

/* Whether the tokens so far end with ids [n]. */
static bool ends_with(const int *said, size_t n_said, const int *ids, size_t n) {
    return n <= n_said && memcmp(said + n_said - n, ids, n * sizeof *ids) == 0;
}

/* Forbids each token that would repeat n tokens in a row. */
static void forbid_ngrams(size_t n, const int *said, size_t n_said, const RowLogits *logits) {
    for (size_t i = 0; n && i + n <= n_said; i++)
        if (ends_with(said, n_said, said + i, n - 1)) forbid(logits, said[i + n - 1]);
}

static void forbid_sequences(const Generation *g, const int *said, size_t n_said,
                             const RowLogits *logits) {
    for (size_t i = 0; i < g->n_sequences; i++) {
        const IdList *sequence = &g->banned_sequences[i];
        size_t before = sequence->n - 1;
        if (ends_with(said, n_said, sequence->ids, before)) forbid(logits, sequence->ids[before]);
    }
}

bool constraints_bans(const Generation *g, int id) {
    return contains(g->banned.ids, g->banned.n, id) ||
           contains(g->suppressed.ids, g->suppressed.n, id);
}

void constraints_ban(const Generation *g, const RowLogits *logits) {
    forbid_all(logits, g->banned.ids, g->banned.n);
    forbid_all(logits, g->suppressed.ids, g->suppressed.n);
}

void constraints_forbid(const Config *config, const int *said, size_t n_said,
                        const RowLogits *logits, float zero) {
    const Generation *g = &config->generation;
    bool is_forced = g->forced_bos >= 0 && n_said == 1;
    size_t first = g->forced_bos >= 0 ? 2 : 1;  // the first position with a choice
    forbid_ngrams(g->no_repeat_ngram, said, n_said, logits);
    forbid_sequences(g, said, n_said, logits);
    if (n_said < g->min_length) forbid(logits, config->eos);
    if (is_forced) {
        for (size_t i = 0; i < logits->candidates.n; i++) logits->values[i] = -INFINITY;
        float *forced = row_value(logits, g->forced_bos);
        if (forced && !contains(g->suppressed.ids, g->suppressed.n, g->forced_bos)) *forced = zero;
    }
    if (n_said == first) forbid_all(logits, g->banned_first.ids, g->banned_first.n);
}
