#include "pass.h"

#include <math.h>
#include <string.h>

static bool is_cross(const Network *net, size_t i) {
    return i >= 2 * net->encoder.n_layers && (i - 2 * net->encoder.n_layers) % 3 == 1;
}

static bool sublayer_make(Sublayer *s, const Network *net, size_t rows, size_t longest,
                          Arena *arena, Error *err) {
    static const char what[] = "the activations";
    size_t d = net->shape.d, probs = net->shape.heads * rows * longest;
    AttentionCall *c = &s->call;
    return (c->out = arena_floats(arena, rows * d, what, err)) &&
           (s->after = arena_floats(arena, rows * d, what, err)) &&
           (c->query = arena_floats(arena, rows * d, what, err)) &&
           (c->context = arena_floats(arena, rows * d, what, err)) &&
           (c->keys = arena_floats(arena, rows * d, what, err)) &&
           (c->values = arena_floats(arena, rows * d, what, err)) &&
           (c->probs = arena_floats(arena, probs, what, err)) &&
           (c->spans = arena_array(arena, rows, sizeof *c->spans, what, err)) &&
           (s->hidden = arena_floats(arena, rows * net->shape.ffn, what, err));
}

bool pass_make(Pass *pass, const Network *net, size_t rows, size_t longest, Arena *arena,
               Error *err) {
    static const char what[] = "a pass";
    size_t d = net->shape.d, f = net->shape.ffn;
    size_t n = 2 * net->encoder.n_layers + 3 * net->decoder.n_layers;
    *pass = (Pass){.net = net, .sublayers = arena_array(arena, n, sizeof(Sublayer), what, err)};
    bool ok = pass->sublayers != NULL;
    for (size_t i = 0; ok && i < n; i++)
        ok = sublayer_make(&pass->sublayers[i], net, rows, longest, arena, err);
    struct {
        float **place;
        size_t size;
    } arrays[] = {{&pass->source_x, rows * d},
                  {&pass->target_x, rows * d},
                  {&pass->logits, rows * net->shape.vocab},
                  {&pass->d_source, rows * d},
                  {&pass->d_target, rows * d},
                  {&pass->d_sub, rows * d},
                  {&pass->d_hidden, rows * f},
                  {&pass->before, rows * f},
                  {&pass->zeros, rows * d},
                  {&pass->guide, net->shape.heads * rows * longest},
                  {&pass->positions, MOST_POSITIONS * d},
                  {&pass->work.query, rows * d},
                  {&pass->work.context, rows * d},
                  {&pass->work.keys, rows * d},
                  {&pass->work.values, rows * d},
                  {&pass->work.scores, longest * longest}};
    for (size_t i = 0; ok && i < sizeof arrays / sizeof *arrays; i++)
        ok = (*arrays[i].place = arena_floats(arena, arrays[i].size, what, err)) != NULL;
    if (ok) embedding_positions(&net->encoder.embedding, 0, MOST_POSITIONS, pass->positions);
    return ok;
}

/* ---- forwards ---- */

static void embed(const Pass *pass, const int *ids, const size_t *at, float *x) {
    size_t d = pass->net->shape.d;
    for (size_t s = 0; s < pass->batch->n; s++)
        for (size_t row = at[s]; row < at[s + 1]; row++)
            embedding_token(&pass->net->encoder.embedding, ids[row],
                            pass->positions + (row - at[s]) * d, x + row * d);
}

/* Query rows [first, first + n) look at rows [seen, seen + m) of y. */
static void add_span(AttentionCall *c, size_t heads, size_t d, size_t first, size_t n, size_t seen,
                     size_t m, const Ablation *ablation) {
    float *probs = c->probs;
    if (c->n_spans) {
        const Span *last = &c->spans[c->n_spans - 1];
        probs = last->probs + heads * last->n * last->seen.n;
    }
    c->spans[c->n_spans++] =
        (Span){first, n, {c->keys + seen * d, c->values + seen * d, m}, probs, ablation};
}

/* Which rows may look where: the only difference between the three attentions. */
static void make_spans(const Pass *pass, size_t i, AttentionCall *c) {
    static const Ablation mean = {.uniform = true};  // equal probabilities give the mean
    const Batch *b = pass->batch;
    size_t h = pass->net->shape.heads, d = pass->net->shape.d;
    c->n_spans = 0;
    for (size_t s = 0; s < b->n; s++) {
        size_t source = b->source_at[s], n_source = b->source_at[s + 1] - source;
        size_t target = b->target_at[s], n_target = b->target_at[s + 1] - target;
        if (i < 2 * pass->net->encoder.n_layers)
            add_span(c, h, d, source, n_source, source, n_source, NULL);
        else if (is_cross(pass->net, i))
            add_span(c, h, d, target, n_target, source, n_source,
                     pass->net->experiment.mean_memory ? &mean : NULL);
        else
            for (size_t t = 0; t < n_target; t++)
                add_span(c, h, d, target + t, 1, target, t + 1, NULL);
    }
}

/* LayerNorm(x + out) */
static float *add_and_norm(const Pass *pass, Sublayer *s) {
    size_t size = s->call.n * pass->net->shape.d;
    const float *x = pass->net->experiment.no_residual ? pass->zeros : s->call.x;
    memcpy(s->after, x, size * sizeof *s->after);
    layer_norm_residual(s->norm, s->after, s->call.out, s->call.n, NULL);
    return s->after;
}

/* Sub-layer i, an attention of x [n][d] to y [m][d]. */
static float *attention_sublayer(Pass *pass, size_t i, const Attention *att, const LayerNorm *norm,
                                 const float *x, size_t n, const float *y, size_t m) {
    Sublayer *s = &pass->sublayers[i];
    AttentionCall *c = &s->call;
    s->attention = att;
    s->norm = norm;
    c->x = x, c->n = n;
    c->y = y, c->m = m;
    make_spans(pass, i, c);
    AttentionScratch scratch = {.query = c->query, .context = c->context};
    attention_project(att, y, m, c->keys, c->values, NULL);
    attention_forward(att, x, n, c->spans, c->n_spans, &scratch, c->out, NULL);
    return add_and_norm(pass, s);
}

static float *ffn_sublayer(Pass *pass, size_t i, const FeedForward *ffn, const LayerNorm *norm,
                           const float *x, size_t n) {
    Sublayer *s = &pass->sublayers[i];
    s->ffn = ffn;
    s->norm = norm;
    s->call.x = x, s->call.n = n;
    feed_forward(ffn, x, n, s->hidden, s->call.out, NULL);
    return add_and_norm(pass, s);
}

void pass_forward(Pass *pass, const Batch *batch) {
    const Network *net = pass->net;
    size_t n = batch->source_at[batch->n], m = batch->target_at[batch->n], i = 0;
    float *x = pass->source_x, *y = pass->target_x;
    pass->batch = batch;
    embed(pass, batch->source, batch->source_at, x);
    for (size_t k = 0; k < net->encoder.n_layers; k++) {
        const EncoderLayer *layer = &net->encoder.layers[k];
        x = attention_sublayer(pass, i++, &layer->self, &layer->self_norm, x, n, x, n);
        x = ffn_sublayer(pass, i++, &layer->ffn, &layer->ffn_norm, x, n);
    }
    pass->memory = x;
    embed(pass, batch->fed, batch->target_at, y);
    for (size_t k = 0; k < net->decoder.n_layers; k++) {
        const DecoderLayer *layer = &net->decoder.layers[k];
        y = attention_sublayer(pass, i++, &layer->self, &layer->self_norm, y, m, y, m);
        y = attention_sublayer(pass, i++, &layer->cross, &layer->cross_norm, y, m, x, n);
        y = ffn_sublayer(pass, i++, &layer->ffn, &layer->ffn_norm, y, m);
    }
    linear_forward(&net->decoder.output, y, m, pass->logits);
}

/* ---- backwards ---- */

/* Guided attention (Garg et al. 2019): in row t, head 0 of the last layer should look at the source of
   token t; the loss is the cross-entropy. Its gradient is p − q again, here of the scores. */
static const float *guide_scores(Pass *pass, const AttentionCall *cross, size_t n_tokens) {
    const Batch *b = pass->batch;
    float weight = 1.0F / (float)n_tokens;
    if (!pass->net->experiment.guided) return NULL;
    for (size_t s = 0; s < b->n; s++) {
        const Span *span = &cross->spans[s];
        float *d_scores = pass->guide + (span->probs - cross->probs);
        memset(d_scores, 0, pass->net->shape.heads * span->n * span->seen.n * sizeof *d_scores);
        for (size_t t = 0; t < span->n; t++, d_scores += span->seen.n) {
            int truth = b->truth[span->first + t];
            for (size_t j = 0; truth >= 0 && j < span->seen.n; j++)
                d_scores[j] = weight * (span->probs[t * span->seen.n + j] - (j == (size_t)truth));
        }
    }
    return pass->guide;
}

/* Turns dx, the gradient of the sub-layer's output, into that of its input; dy is the memory's. The
   residual carries the gradient past the sub-layer, as it carried x past it. */
static void sublayer_backward(Pass *pass, const Sublayer *s, const Gradients *g, float *dx,
                              float *dy) {
    const AttentionCall *c = &s->call;
    size_t size = c->n * pass->net->shape.d;
    bool residual = !pass->net->experiment.no_residual;
    layer_norm_backward(s->norm, residual ? c->x : pass->zeros, c->out, dx, c->n, g, pass->d_sub);
    memcpy(dx, residual ? pass->d_sub : pass->zeros, size * sizeof *dx);
    if (s->attention)
        attention_backward(s->attention, c, pass->d_sub, g, &pass->work, dx, dy ? dy : dx);
    else
        feed_forward_backward(s->ffn, c->x, s->hidden, pass->d_sub, c->n, g, pass->d_hidden,
                              pass->before, dx);
}

double pass_backward(Pass *pass, float smoothing, size_t n_tokens, const Gradients *g) {
    const Network *net = pass->net;
    const Batch *b = pass->batch;
    size_t d = net->shape.d, n = b->source_at[b->n], m = b->target_at[b->n];
    size_t n_encoder = 2 * net->encoder.n_layers, n_all = n_encoder + 3 * net->decoder.n_layers;
    double loss =
        cross_entropy_backward(pass->logits, b->wanted, m, net->shape.vocab, smoothing, n_tokens);
    memset(pass->d_source, 0, n * d * sizeof *pass->d_source);
    memset(pass->d_target, 0, m * d * sizeof *pass->d_target);
    linear_backward(&net->decoder.output, pass->sublayers[n_all - 1].after, pass->logits, m, g,
                    pass->d_target);
    for (size_t i = n_all; i-- > n_encoder;) {
        const Sublayer *s = &pass->sublayers[i];
        pass->work.more = i == n_all - 2 ? guide_scores(pass, &s->call, n_tokens) : NULL;
        sublayer_backward(pass, s, g, pass->d_target, is_cross(net, i) ? pass->d_source : NULL);
    }
    for (size_t i = n_encoder; i-- > 0;)
        sublayer_backward(pass, &pass->sublayers[i], g, pass->d_source, NULL);
    float *d_table = gradient_of(g, plain_weight(&net->decoder.output));  // E, of all three
    embedding_backward(&net->encoder.embedding, b->source, pass->d_source, n, d_table);
    embedding_backward(&net->decoder.embedding, b->fed, pass->d_target, m, d_table);
    return loss;
}

const AttentionCall *pass_cross(const Pass *pass, size_t layer) {
    return &pass->sublayers[2 * pass->net->encoder.n_layers + 3 * layer + 1].call;
}
