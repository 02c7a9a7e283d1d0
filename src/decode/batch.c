#include "decode/batch.h"

#include <float.h>
#include <math.h>

#include "nn/clones.h"

static const char what[] = "a batch";

/* Concatenates the ids of the sources; offsets [n + 1] has the beginning of each. */
static int *concatenate(const Tokens *const *sources, size_t n, size_t *offsets, Arena *arena,
                        Error *err) {
    for (size_t s = 0; s < n; s++) offsets[s + 1] = offsets[s] + sources[s]->n;
    int *ids = arena_array(arena, offsets[n], sizeof *ids, what, err);
    for (size_t s = 0; ids && s < n; s++)
        for (size_t i = 0; i < sources[s]->n; i++) ids[offsets[s] + i] = sources[s]->ids[i];
    return ids;
}

static bool batch_alloc(Batch *batch, size_t most, Error *err) {
    const SearchOptions *o = batch->options;
    const Config *c = &batch->model->config;
    Arena *a = &batch->arena;
    bool logprobs = o->scores || o->runners_up || o->beam > 1;
    bool only_best = !logprobs && !o->observe && !constraints_look_back(&c->generation);
    if (logprobs && !(batch->log_sums = arena_floats(a, most, what, err))) return false;
    if (only_best && !(batch->best = arena_array(a, most, sizeof *batch->best, what, err)))
        return false;
    return (batch->prefixes = arena_array(a, most, sizeof *batch->prefixes, what, err)) &&
           (batch->next = arena_array(a, most, sizeof *batch->next, what, err)) &&
           (batch->parent = arena_array(a, most, sizeof *batch->parent, what, err)) &&
           (batch->ids = arena_array(a, most, sizeof *batch->ids, what, err)) &&
           (batch->said = arena_array(a, o->max_length + 1, sizeof *batch->said, what, err)) &&
           (batch->maps = arena_array(a, most, sizeof *batch->maps, what, err)) &&
           (batch->logits = arena_floats(a, (only_best ? 1 : most) * c->target_vocab, what, err));
}

/* Starts a row for every sentence. */
static bool start_prefixes(Batch *batch, size_t n, Error *err) {
    const Config *c = &batch->model->config;
    const SearchOptions *o = batch->options;
    size_t most = model_choices(batch->model);
    size_t n_runners_up = o->runners_up < most ? o->runners_up : most;
    for (; batch->n < n; batch->n++) {
        size_t s = batch->n, n_maps = c->decoder_layers * c->decoder_heads;
        batch->prefixes[s] = prefix_start(
            s, c->start, o->attention ? n_maps * batch->sources[s]->n : 0, n_runners_up, err);
        if (!batch->prefixes[s]) return false;
    }
    return true;
}

/* The trace, or NULL if nothing observes the activations. */
static Trace *trace_of(Batch *batch) { return batch->options->observe ? &batch->trace : NULL; }

bool batch_start(Batch *batch, const Model *model, const Tokens *const *sources,
                 const Tokens *const *targets, size_t n, const SearchOptions *options, Error *err) {
    *batch = (Batch){.model = model, .options = options, .sources = sources, .targets = targets};
    Arena *arena = &batch->arena;
    size_t *offsets = arena_array(arena, n + 1, sizeof *offsets, what, err);
    if (!offsets || !batch_alloc(batch, n * options->beam, err)) return false;
    int *ids = concatenate(sources, n, offsets, arena, err);
    if (!ids || !start_prefixes(batch, n, err)) return false;
    batch->trace = (Trace){.observe = options->observe, .context = options->context};
    Trace *trace = trace_of(batch);
    float *memory = encoder_forward(&model->encoder, ids, offsets, n, trace, arena, err);
    if (!memory) return false;
    batch->state = decoder_start(&model->decoder, memory, offsets, n, options->beam, trace, err);
    return batch->state &&
           (!options->n_ablations ||
            decoder_ablate(batch->state, options->ablations, options->n_ablations, err)) &&
           (options->no_shortlist ||
            model_apply_shortlist(model, ids, offsets, n, batch->state, err));
}

void batch_free(Batch *batch) {
    for (size_t r = 0; r < batch->n; r++) prefix_release(batch->prefixes[r]);
    for (size_t r = 0; r < batch->n_next; r++) prefix_release(batch->next[r]);
    decoder_free(batch->state);
    arena_free(&batch->arena);
}

size_t batch_limit(const Batch *batch, size_t sentence) {
    double factor = batch->model->config.generation.length_factor;
    double limit = ceil(factor * (double)batch->sources[sentence]->n);
    size_t most = batch->options->max_length;
    return limit > 0.0 && limit < (double)most ? (size_t)limit : most;
}

int batch_given(const Batch *batch, size_t r) {
    const Prefix *prefix = batch->prefixes[r];
    const Tokens *target = batch->targets ? batch->targets[prefix->sentence] : NULL;
    return target && prefix->n < target->n ? target->ids[prefix->n] : -1;
}

void batch_keep(Batch *batch, size_t row, Prefix *prefix) {
    batch->parent[batch->n_next] = row;
    batch->next[batch->n_next++] = prefix;
}

bool batch_advance(Batch *batch, Error *err) {
    if (!decoder_reorder(batch->state, batch->parent, batch->n_next, err)) return false;
    Prefix **before = batch->prefixes;
    for (size_t r = 0; r < batch->n; r++) prefix_release(before[r]);
    batch->prefixes = batch->next;
    batch->n = batch->n_next;
    batch->next = before;
    batch->n_next = 0;
    return true;
}

RowLogits batch_logits(const Batch *batch, size_t r) {
    return (RowLogits){decoder_candidates(batch->state, r),
                       batch->logits + r * batch->model->config.target_vocab};
}

int batch_token(const RowLogits *logits, size_t i) {
    return logits->candidates.ids ? logits->candidates.ids[i] : (int)i;
}

/* Writes the runners-up of row r to its prefix: the tokens with the largest logits, without banned
   ones, best first. If there are too few, the last ones are impossible tokens. */
static void rank(const Batch *batch, size_t r) {
    RowLogits logits = batch_logits(batch, r);
    const Generation *g = &batch->model->config.generation;
    RunnerUp *best = batch->prefixes[r]->runners_up;
    size_t n = batch->prefixes[r]->n_runners_up, found = 0;
    for (size_t i = 0; n && i < logits.candidates.n; i++) {
        float value = logits.values[i];
        if (found == n && !(value > best[n - 1].logprob)) continue;
        if (constraints_bans(g, batch_token(&logits, i))) continue;
        size_t at = found < n ? found++ : n - 1;
        for (; at > 0 && value > best[at - 1].logprob; at--) best[at] = best[at - 1];
        best[at] = (RunnerUp){.id = batch_token(&logits, i), .logprob = value};
    }
    for (size_t i = 0; batch->log_sums && i < found; i++) best[i].logprob -= batch->log_sums[r];
    for (; found < n; found++) best[found] = (RunnerUp){.logprob = -INFINITY};
    for (size_t i = 0; i < n; i++)
        best[i].piece = tokenizer_piece(&batch->model->tokenizer, XATTN_TARGET, best[i].id);
}

/* There is no early end, which would cost more than it saves. */
FOR_EACH_PROCESSOR
static bool are_finite(const float *values, size_t n) {
    int bad = 0;
    for (size_t i = 0; i < n; i++) bad |= !(values[i] >= -FLT_MAX) | !(values[i] <= FLT_MAX);
    return !bad;
}

static bool damaged(const Batch *batch, Error *err) {
    return error_set(err, "%s: the logits are not finite: the weights are damaged",
                     batch->model->path);
}

static bool all_forbidden(const Batch *batch, size_t r, Error *err) {
    return error_set(err, "%s: its generation settings forbid every token after %zu others",
                     batch->model->path, batch->prefixes[r]->n);
}

/* The index of the largest logit; of several equal ones, the first. */
static size_t largest_at(const RowLogits *logits) {
    float largest = largest_of(logits->values, logits->candidates.n);
    size_t best = 0;
    while (best + 1 < logits->candidates.n && logits->values[best] != largest) best++;
    return best;
}

/* Applies the model's generation settings to row r. Forbidden tokens lose their probability after the
   softmax over all tokens. In greedy search the repetition penalty comes before the softmax, as in
   transformers. */
static bool constrain(Batch *batch, size_t r, Error *err) {
    const Config *c = &batch->model->config;
    const Generation *g = &c->generation;
    RowLogits logits = batch_logits(batch, r);
    float *values = logits.values, unused,
          *log_sum = batch->log_sums ? &batch->log_sums[r] : &unused;
    size_t n = logits.candidates.n, n_said = batch->prefixes[r]->n + 1;
    bool is_beam = batch->options->beam > 1;
    *log_sum = 0.0F;
    prefix_ids(batch->prefixes[r], batch->said);
    if (!is_beam) constraints_penalize(g, batch->said, n_said, &logits, 0.0F);
    if (batch->log_sums) *log_sum = log_sum_exp(values, n);
    if (is_beam) constraints_penalize(g, batch->said, n_said, &logits, *log_sum);
    constraints_ban(g, &logits);
    rank(batch, r);
    constraints_forbid(c, batch->said, n_said, &logits, *log_sum);
    if (!(largest_of(values, n) > -INFINITY)) return all_forbidden(batch, r, err);
    if (g->renormalize && batch->log_sums) *log_sum = log_sum_exp(values, n);
    return true;
}

/* Finds the best token of every row. If it is a banned one, which is rare, the row's logits are computed
   to find the best of the others. */
static bool choose(Batch *batch, Error *err) {
    const Generation *g = &batch->model->config.generation;
    decoder_best(batch->state, batch->best);
    for (size_t r = 0; r < batch->n; r++) {
        if (!batch->best[r].is_finite) return damaged(batch, err);
        if (batch_given(batch, r) >= 0 || !constraints_bans(g, batch_best(batch, r))) continue;
        RowLogits logits = {decoder_candidates(batch->state, r), batch->logits};
        decoder_row_logits(batch->state, r, batch->logits);
        constraints_ban(g, &logits);
        batch->best[r].output = largest_at(&logits);
        if (isinf(logits.values[batch->best[r].output])) return all_forbidden(batch, r, err);
    }
    return true;
}

bool batch_step(Batch *batch, Error *err) {
    const SearchOptions *o = batch->options;
    if (o->cancel && o->cancel(o->context)) return error_kind(err, XATTN_CANCELLED, "cancelled");
    for (size_t r = 0; r < batch->n; r++) {
        batch->ids[r] = batch->prefixes[r]->id;
        batch->maps[r] = batch->prefixes[r]->attention;
    }
    float *logits_wanted = batch->best ? NULL : batch->logits;
    if (!decoder_step(batch->state, batch->ids, logits_wanted, batch->maps, trace_of(batch), err))
        return false;
    if (batch->best) return choose(batch, err);
    for (size_t r = 0; r < batch->n; r++) {
        RowLogits logits = batch_logits(batch, r);
        if (!are_finite(logits.values, logits.candidates.n)) return damaged(batch, err);
        if (batch_given(batch, r) < 0) {
            if (!constrain(batch, r, err)) return false;
        } else if (batch->log_sums) {
            batch->log_sums[r] = log_sum_exp(logits.values, logits.candidates.n);
            rank(batch, r);
        }
    }
    return true;
}

int batch_best(const Batch *batch, size_t r) {
    RowLogits logits = batch_logits(batch, r);
    return batch_token(&logits, batch->best ? batch->best[r].output : largest_at(&logits));
}

float batch_logprob(const Batch *batch, size_t r, int id) {
    RowLogits logits = batch_logits(batch, r);
    const float *logit = row_value(&logits, id);
    return logit ? *logit - batch->log_sums[r] : -INFINITY;
}
