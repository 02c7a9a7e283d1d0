#include "decode/greedy.h"

/* Row r with its next token: the target's, if there is one, else the best; but at the length limit the
   model's config may force </s>. *over: whether that ends it, *cut: whether the limit did. */
static Prefix *take_token(const Batch *batch, size_t r, const Tokens *target, bool *over, bool *cut,
                          Error *err) {
    const Config *c = &batch->model->config;
    Prefix *prefix = batch->prefixes[r];
    bool last = prefix->n + 1 == (target ? target->n : batch_limit(batch, prefix->sentence));
    int id = target ? target->ids[prefix->n] : batch_best(batch, r);
    *over = last || (!target && id == c->eos);
    *cut = last && !target && id != c->eos;
    bool forced = *cut && c->forced_eos >= 0;
    if (forced) id = c->forced_eos;
    float logprob = 0.0F;  // of what is forced: it was certain
    if (batch->options->scores && !forced) logprob = batch_logprob(batch, r, id);
    return prefix_extend(prefix, id, logprob, err);
}

bool greedy_search(const Model *model, const Tokens *const *sources, const Tokens *const *targets,
                   size_t n, const SearchOptions *options, Hypothesis *const *hypotheses,
                   Error *err) {
    Batch batch;
    bool ok = batch_start(&batch, model, sources, n, options, err);
    while (ok && batch.n) {
        ok = batch_step(&batch, err);
        for (size_t r = 0; ok && r < batch.n; r++) {
            size_t sentence = batch.prefixes[r]->sentence;
            const Tokens *target = targets ? targets[sentence] : NULL;
            bool over, cut;
            Prefix *longer = take_token(&batch, r, target, &over, &cut, err);
            if (longer && !over) {
                batch_keep(&batch, r, longer);
                continue;
            }
            ok = longer && hypothesis_trace(longer, hypotheses[sentence], err);
            hypotheses[sentence]->cut = ok && cut;
            prefix_release(longer);
        }
        ok = ok && batch_advance(&batch, err);
    }
    batch_free(&batch);
    return ok;
}
