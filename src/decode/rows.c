#include "decode/rows.h"

#include <float.h>
#include <math.h>

#include "nn/clones.h"

static const char what[] = "a batch";

Hypothesis rows_hypothesis(const Model *model, const Tokens *source, const SearchOptions *options) {
    const Config *c = &model->config;
    size_t V = c->target_vocab - c->n_banned;
    return (Hypothesis){
        .row_size = options->rows ? c->decoder_layers * c->decoder_heads * source->n : 0,
        .n_runners_up = options->runners_up < V ? options->runners_up : V,
    };
}

/* The sources' ids below each other, and where each begins: offsets [n + 1]. */
static int *concatenate(const Tokens *const *sources, size_t n, size_t *offsets, Arena *work,
                        Error *err) {
    for (size_t s = 0; s < n; s++) offsets[s + 1] = offsets[s] + sources[s]->n;
    int *ids = arena_array(work, offsets[n], sizeof *ids, what, err);
    for (size_t s = 0; ids && s < n; s++)
        for (size_t i = 0; i < sources[s]->n; i++) ids[offsets[s] + i] = sources[s]->ids[i];
    return ids;
}

static bool rows_alloc(Rows *rows, size_t most, bool logprobs, Arena *work, Error *err) {
    if (logprobs && !(rows->log_sums = arena_floats(work, most, what, err))) return false;
    return (rows->parent = arena_array(work, most, sizeof *rows->parent, what, err)) &&
           (rows->ids = arena_array(work, most, sizeof *rows->ids, what, err)) &&
           (rows->maps = arena_array(work, most, sizeof *rows->maps, what, err)) &&
           (rows->logits = arena_floats(work, most * rows->V, what, err));
}

size_t rows_limit(const Model *model, const Tokens *source, const SearchOptions *options) {
    double limit = ceil(model->config.length_factor * (double)source->n);
    return limit > 0.0 && limit < (double)options->max_tokens ? (size_t)limit : options->max_tokens;
}

bool rows_start(const Model *model, const Tokens *const *sources, size_t n, size_t per_source,
                bool logprobs, bool shortlist, const SearchOptions *options, Rows *rows,
                Arena *work, Error *err) {
    *rows = (Rows){.n = n, .V = model->config.target_vocab};
    size_t *offsets = arena_array(work, n + 1, sizeof *offsets, what, err);
    if (!offsets || !rows_alloc(rows, n * per_source, logprobs, work, err)) return false;
    int *ids = concatenate(sources, n, offsets, work, err);
    if (!ids) return false;
    for (size_t r = 0; r < n; r++) rows->ids[r] = model->config.start;
    float *memory = encoder_forward(&model->encoder, ids, offsets, n, options->trace, work, err);
    if (!memory) return false;
    rows->state =
        decoder_start(&model->decoder, memory, offsets, n, per_source, options->trace, err);
    return rows->state &&
           (!options->n_ablations ||
            decoder_ablate(rows->state, options->ablations, options->n_ablations, err)) &&
           (!shortlist || model_apply_shortlist(model, ids, offsets, n, rows->state, err));
}

void rows_free(Rows *rows) { decoder_free(rows->state); }

RowLogits rows_logits(const Rows *rows, size_t r) {
    return (RowLogits){decoder_candidates(rows->state, r), rows->logits + r * rows->V};
}

int rows_token(const RowLogits *logits, size_t i) {
    return logits->candidates.ids ? logits->candidates.ids[i] : (int)i;
}

/* The logit of a token; NULL if it is no candidate. Candidates are in rising order. */
static float *logit_of(const RowLogits *logits, int id) {
    size_t first = 0, end = logits->candidates.n;
    if (!logits->candidates.ids) return &logits->values[id];
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (logits->candidates.ids[middle] < id)
            first = middle + 1;
        else
            end = middle;
    }
    bool found = first < logits->candidates.n && logits->candidates.ids[first] == id;
    return found ? &logits->values[first] : NULL;
}

/* The n tokens with the largest logits of row r, best first; of equals the first. Where there are
   not so many, the last are impossible. */
static void rank(const Rows *rows, size_t r, size_t n, RunnerUp *best) {
    RowLogits logits = rows_logits(rows, r);
    size_t found = 0;
    for (size_t i = 0; i < logits.candidates.n; i++) {
        float value = logits.values[i];
        if (found == n && !(value > best[n - 1].logprob)) continue;
        size_t at = found < n ? found++ : n - 1;
        for (; at > 0 && value > best[at - 1].logprob; at--) best[at] = best[at - 1];
        best[at] = (RunnerUp){rows_token(&logits, i), value};
    }
    for (size_t i = 0; i < found; i++) best[i].logprob -= rows->log_sums[r];
    for (; found < n; found++) best[found] = (RunnerUp){0, -INFINITY};
}

/* No early end: it would cost more. */
FOR_EACH_PROCESSOR
static bool are_finite(const float *values, size_t n) {
    int bad = 0;
    for (size_t i = 0; i < n; i++) bad |= !(values[i] >= -FLT_MAX) | !(values[i] <= FLT_MAX);
    return !bad;
}

bool rows_step(const Model *model, Rows *rows, Hypothesis *const *hypotheses, Error *err) {
    const Config *c = &model->config;
    for (size_t r = 0; r < rows->n; r++) {
        if (!hypothesis_reserve(hypotheses[r], err)) return false;
        rows->maps[r] = hypothesis_next_row(hypotheses[r]);
    }
    if (!decoder_step(rows->state, rows->ids, rows->logits, rows->maps, err)) return false;
    for (size_t r = 0; r < rows->n; r++) {
        RowLogits logits = rows_logits(rows, r);
        if (!are_finite(logits.values, logits.candidates.n))
            return error_set(err, "%s: the logits are not finite: the weights are damaged",
                             model->path);
        if (rows->log_sums) rows->log_sums[r] = log_sum_exp(logits.values, logits.candidates.n);
        for (size_t i = 0; i < c->n_banned; i++) {
            float *banned = logit_of(&logits, c->banned[i]);
            if (banned) *banned = -INFINITY;
        }
        RunnerUp *runners = hypothesis_next_runners_up(hypotheses[r]);
        if (runners && rows->log_sums) rank(rows, r, hypotheses[r]->n_runners_up, runners);
    }
    return true;
}

int rows_best(const Rows *rows, size_t r) {
    RowLogits logits = rows_logits(rows, r);
    float largest = largest_of(logits.values, logits.candidates.n);
    size_t best = 0;
    while (best + 1 < logits.candidates.n && logits.values[best] != largest) best++;
    return rows_token(&logits, best);
}

float rows_logprob(const Rows *rows, size_t r, int id) {
    RowLogits logits = rows_logits(rows, r);
    const float *logit = logit_of(&logits, id);
    return logit ? *logit - rows->log_sums[r] : -INFINITY;
}
