#include "decode/greedy.h"

#include <math.h>

/* The batch in flight. Row r of the decoder belongs to the sentence sentence[r]; rows that have
   reached </s> leave, and the others close up. */
typedef struct {
    size_t n_rows;
    size_t *sentence;  // [n_rows]
    size_t *limits;    // [n_sentences] tokens of a translation
    size_t *parent;    // [n_rows] for decoder_reorder
    int *ids;          // [n_rows] the newest token
    float **maps;      // [n_rows] where its cross-attention goes
    float *logits;     // [n_rows][V]
} Rows;

static bool rows_alloc(Rows *rows, const Model *model, size_t n, Arena *work, Error *err) {
    static const char what[] = "a batch";
    rows->n_rows = n;
    return (rows->sentence = arena_array(work, n, sizeof *rows->sentence, what, err)) &&
           (rows->limits = arena_array(work, n, sizeof *rows->limits, what, err)) &&
           (rows->parent = arena_array(work, n, sizeof *rows->parent, what, err)) &&
           (rows->ids = arena_array(work, n, sizeof *rows->ids, what, err)) &&
           (rows->maps = arena_array(work, n, sizeof *rows->maps, what, err)) &&
           (rows->logits = arena_floats(work, n * model->config.target_vocab, what, err));
}

/* The sources' ids below each other, and where each begins: offsets [n + 1]. */
static int *concatenate(const Tokens *const *sources, size_t n, size_t *offsets, Arena *work,
                        Error *err) {
    for (size_t s = 0; s < n; s++) offsets[s + 1] = offsets[s] + sources[s]->n;
    int *ids = arena_array(work, offsets[n], sizeof *ids, "a batch", err);
    for (size_t s = 0; ids && s < n; s++)
        for (size_t i = 0; i < sources[s]->n; i++) ids[offsets[s] + i] = sources[s]->ids[i];
    return ids;
}

static DecoderState *start(const Model *model, const SearchOptions *options,
                           const Tokens *const *sources, size_t n, Rows *rows, Arena *work,
                           Error *err) {
    size_t *offsets = arena_array(work, n + 1, sizeof *offsets, "a batch", err);
    if (!offsets || !rows_alloc(rows, model, n, work, err)) return NULL;
    int *ids = concatenate(sources, n, offsets, work, err);
    if (!ids) return NULL;
    for (size_t r = 0; r < n; r++) {
        rows->sentence[r] = r;
        rows->limits[r] = search_limit(model, options, sources[r]->n);
        rows->ids[r] = model->config.start;
    }
    float *memory = encoder_forward(&model->encoder, ids, offsets, n, work, err);
    if (!memory) return NULL;
    DecoderState *state =
        decoder_start(&model->decoder, memory, offsets, n, rows->sentence, n, err);
    if (!state || !options->shortlist || model_apply_shortlist(model, ids, offsets, n, state, err))
        return state;
    decoder_free(state);
    return NULL;
}

/* The largest of V logits, the first of equals. -1 if some are not numbers: then the weights are
   broken, and any token would be a lie. */
static int argmax(const float *logits, size_t V) {
    size_t best = 0;
    for (size_t id = 0; id < V; id++) {
        if (isnan(logits[id])) return -1;
        if (logits[id] > logits[best]) best = id;
    }
    return isinf(logits[best]) ? -1 : (int)best;
}

/* Appends the best token to one row's hypothesis. At the length limit the model's config may force
   </s> instead. */
static bool take_token(const Model *model, const SearchOptions *options, size_t limit,
                       float *logits, Hypothesis *h, Error *err) {
    const Config *c = &model->config;
    for (size_t i = 0; i < c->n_banned; i++) logits[c->banned[i]] = -INFINITY;
    int id = argmax(logits, c->target_vocab);
    if (id < 0) return error_set(err, "the model's logits are not finite: its weights are damaged");
    bool last = h->n + 1 == limit;
    h->cut = last && id != c->eos;
    if (last && c->forced_eos >= 0) id = c->forced_eos;
    hypothesis_append(h, id,
                      options->scores ? logits[id] - log_sum_exp(logits, c->target_vocab) : 0.0F);
    return true;
}

/* Feeds every row its newest token and takes the next one; rows that are done leave. */
static bool step(const Model *model, const SearchOptions *options, DecoderState *state, Rows *rows,
                 Hypothesis *const *hypotheses, Error *err) {
    for (size_t r = 0; r < rows->n_rows; r++) {
        Hypothesis *h = hypotheses[rows->sentence[r]];
        if (!hypothesis_reserve(h, err)) return false;
        rows->maps[r] = hypothesis_next_row(h);
    }
    if (!decoder_step(state, rows->ids, rows->logits, rows->maps, err)) return false;
    size_t kept = 0;
    for (size_t r = 0; r < rows->n_rows; r++) {
        Hypothesis *h = hypotheses[rows->sentence[r]];
        float *logits = rows->logits + r * model->config.target_vocab;
        size_t limit = rows->limits[rows->sentence[r]];
        if (!take_token(model, options, limit, logits, h, err)) return false;
        int id = h->ids[h->n - 1];
        if (id == model->config.eos || h->n == limit) continue;
        rows->sentence[kept] = rows->sentence[r];
        rows->parent[kept] = r;
        rows->ids[kept++] = id;
    }
    rows->n_rows = kept;
    return decoder_reorder(state, rows->parent, kept, err);
}

bool greedy_search(const Model *model, const Tokens *const *sources, size_t n,
                   const SearchOptions *options, Hypothesis *const *hypotheses, Error *err) {
    const Config *c = &model->config;
    Arena work = {0};
    Rows rows;
    for (size_t s = 0; s < n; s++)
        hypotheses[s]->row_size =
            options->rows ? c->decoder_layers * c->decoder_heads * sources[s]->n : 0;
    DecoderState *state = start(model, options, sources, n, &rows, &work, err);
    bool ok = state != NULL;
    while (ok && rows.n_rows) ok = step(model, options, state, &rows, hypotheses, err);
    decoder_free(state);
    arena_free(&work);
    return ok;
}
