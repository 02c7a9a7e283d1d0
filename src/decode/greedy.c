#include "decode/greedy.h"

/* Appends the next token to a hypothesis: the target's, if there is one, else the best; but at the
   length limit the model's config may force </s>. */
static void take_token(const Model *model, const SearchOptions *options, const Rows *rows, size_t r,
                       size_t limit, const Tokens *target, Hypothesis *h) {
    const Config *c = &model->config;
    int id = target ? target->ids[h->n] : rows_best(rows, r);
    bool last = !target && h->n + 1 == limit;
    h->cut = last && id != c->eos;
    bool forced = h->cut && c->forced_eos >= 0;
    if (forced) id = c->forced_eos;
    float logprob = 0.0F;  // of what is forced: it was certain
    if (options->scores && !forced) logprob = rows_logprob(rows, r, id);
    hypothesis_append(h, id, logprob);
}

static bool is_done(const Model *model, size_t limit, const Tokens *target, const Hypothesis *h) {
    if (target) return h->n == target->n;
    return h->ids[h->n - 1] == model->config.eos || h->n == limit;
}

bool greedy_search(const Model *model, const Tokens *const *sources, const Tokens *const *targets,
                   size_t n, const SearchOptions *options, Hypothesis *const *hypotheses,
                   Error *err) {
    Arena work = {0};
    Rows rows;
    bool logprobs = options->scores || options->runners_up;
    bool ok = rows_start(model, sources, n, 1, logprobs, options->shortlist && !targets, options,
                         &rows, &work, err);
    Hypothesis **growing = ok ? arena_array(&work, n, sizeof *growing, "a batch", err) : NULL;
    size_t *sentence = ok ? arena_array(&work, n, sizeof *sentence, "a batch", err) : NULL;
    ok = growing && sentence;
    for (size_t r = 0; ok && r < n; r++) {
        growing[r] = hypotheses[r];
        sentence[r] = r;
    }
    while (ok && rows.n) {
        ok = rows_step(model, &rows, growing, err);
        size_t kept = 0;
        for (size_t r = 0; ok && r < rows.n; r++) {
            Hypothesis *h = growing[r];
            const Tokens *target = targets ? targets[sentence[r]] : NULL;
            size_t limit = rows_limit(model, sources[sentence[r]], options);
            take_token(model, options, &rows, r, limit, target, h);
            if (is_done(model, limit, target, h)) continue;  // its row leaves the batch
            rows.ids[kept] = h->ids[h->n - 1];
            rows.parent[kept] = r;
            sentence[kept] = sentence[r];
            growing[kept++] = h;
        }
        rows.n = kept;
        ok = ok && decoder_reorder(rows.state, rows.parent, kept, err);
    }
    rows_free(&rows);
    arena_free(&work);
    return ok;
}
