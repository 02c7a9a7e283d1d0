#include "decode/greedy.h"

/* The outcome of a step for a row. */
typedef struct {
    bool given;  // its token was given
    bool over;   // the translation ends here
    bool cut;    // because of the length limit
} Outcome;

/* Extends row r by its next token: the given one, else the best one. At the length limit the model's
   config may force </s>. */
static Prefix *take_token(const Batch *batch, size_t r, Outcome *outcome, Error *err) {
    const Config *c = &batch->model->config;
    Prefix *prefix = batch->prefixes[r];
    bool searched = !batch->targets || batch->options->n_prefix;
    bool last = prefix->n + 1 == (searched ? batch_limit(batch, prefix->sentence)
                                           : batch->targets[prefix->sentence]->n);
    int given = batch_given(batch, r), id = given < 0 ? batch_best(batch, r) : given;
    *outcome = (Outcome){.given = given >= 0,
                         .over = last || (searched && id == c->eos),
                         .cut = last && searched && id != c->eos};
    bool forced = last && searched && given < 0 && c->generation.forced_eos >= 0;
    if (forced) id = c->generation.forced_eos;
    float logprob = 0.0F;  // a forced token is certain
    if (batch->log_sums && !forced) logprob = batch_logprob(batch, r, id);
    return prefix_extend(prefix, id, logprob, err);
}

/* Shows the caller the new token. The prefix before it has the attention that predicted it. */
static bool show(const Batch *batch, const Prefix *taken, bool given, Error *err) {
    const SearchOptions *o = batch->options;
    const Config *c = &batch->model->config;
    const Prefix *asked = taken->before;
    if (!o->step) return true;
    xattn_step step = {.source = batch->sources[taken->sentence],
                       .position = taken->n - 1,
                       .piece = tokenizer_piece(&batch->model->tokenizer, XATTN_TARGET, taken->id),
                       .id = taken->id,
                       .logprob = taken->logprob,
                       .given = given,
                       .n_layers = c->decoder_layers,
                       .n_heads = c->decoder_heads,
                       .attention = asked->attention_size ? asked->attention : NULL,
                       .n_runners_up = asked->n_runners_up,
                       .runners_up = asked->n_runners_up ? asked->runners_up : NULL};
    return o->step(o->context, &step) || error_kind(err, XATTN_CANCELLED, "cancelled");
}

/* One step of all rows. */
static bool step(Batch *batch, Hypothesis *const *hypotheses, Error *err) {
    if (!batch_step(batch, err)) return false;
    for (size_t r = 0; r < batch->n; r++) {
        size_t sentence = batch->prefixes[r]->sentence;
        Outcome outcome;
        Prefix *longer = take_token(batch, r, &outcome, err);
        bool ok = longer && show(batch, longer, outcome.given, err);
        if (ok && !outcome.over) {
            batch_keep(batch, r, longer);
            continue;
        }
        ok = ok && hypothesis_trace(longer, hypotheses[sentence], err);
        hypotheses[sentence]->cut = ok && outcome.cut;
        prefix_release(longer);
        if (!ok) return false;
    }
    return batch_advance(batch, err);
}

bool greedy_search(const Model *model, const Tokens *const *sources, const Tokens *const *targets,
                   size_t n, const SearchOptions *options, Hypothesis *const *hypotheses,
                   Error *err) {
    Batch batch;
    bool ok = batch_start(&batch, model, sources, targets, n, options, err);
    while (ok && batch.n) ok = step(&batch, hypotheses, err);
    batch_free(&batch);
    return ok;
}
