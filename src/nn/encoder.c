#include "nn/encoder.h"

/* The activations of one batch. */
typedef struct {
    float *x;              // [total][d], the stream that runs through the layers
    float *sub;            // [total][d], the result of a sub-layer
    float *keys, *values;  // [total][d]
    float *hidden;         // [total][f]
    float *positions;      // [longest][d]
    Span *spans;           // [n_sentences]
    AttentionScratch scratch;
} Activations;

static bool activations_alloc(Activations *a, const Encoder *encoder, size_t total,
                              size_t n_sentences, size_t longest, Arena *work, Error *err) {
    static const char what[] = "the encoder's activations";
    size_t d = encoder->embedding.d, f = encoder->layers[0].ffn.inner.n_out;
    return (a->x = arena_floats(work, total * d, what, err)) &&
           (a->sub = arena_floats(work, total * d, what, err)) &&
           (a->keys = arena_floats(work, total * d, what, err)) &&
           (a->values = arena_floats(work, total * d, what, err)) &&
           (a->hidden = arena_floats(work, total * f, what, err)) &&
           (a->positions = arena_floats(work, longest * d, what, err)) &&
           (a->spans = arena_array(work, n_sentences, sizeof *a->spans, what, err)) &&
           (a->scratch.query = arena_floats(work, total * d, what, err)) &&
           (a->scratch.context = arena_floats(work, total * d, what, err)) &&
           (a->scratch.scores = arena_floats(work, longest * longest, what, err));
}

/* Every sentence looks at all of itself, and at nothing else. */
static void span_sentences(Activations *a, const size_t *offsets, size_t n_sentences, size_t d) {
    for (size_t s = 0; s < n_sentences; s++) {
        size_t first = offsets[s], n = offsets[s + 1] - first;
        a->spans[s] = (Span){first, n, {a->keys + first * d, a->values + first * d, n}, NULL, NULL};
    }
}

static void embed(const Encoder *encoder, const int *ids, const size_t *offsets, size_t n_sentences,
                  Activations *a) {
    size_t d = encoder->embedding.d;
    for (size_t s = 0; s < n_sentences; s++)
        for (size_t row = offsets[s]; row < offsets[s + 1]; row++)
            embedding_token(&encoder->embedding, ids[row], a->positions + (row - offsets[s]) * d,
                            a->x + row * d);
}

float *encoder_forward(const Encoder *encoder, const int *ids, const size_t *offsets,
                       size_t n_sentences, Trace *trace, Arena *work, Error *err) {
    size_t d = encoder->embedding.d, total = offsets[n_sentences], longest = 0;
    for (size_t s = 0; s < n_sentences; s++)
        if (offsets[s + 1] - offsets[s] > longest) longest = offsets[s + 1] - offsets[s];

    Activations a;
    if (!activations_alloc(&a, encoder, total, n_sentences, longest, work, err)) return NULL;
    span_sentences(&a, offsets, n_sentences, d);

    trace_scope(trace, "encoder");
    embedding_positions(&encoder->embedding, 0, longest, a.positions);
    embed(encoder, ids, offsets, n_sentences, &a);
    trace_matrix(trace, "positions", a.positions, longest, d);
    trace_matrix(trace, "embedding", a.x, total, d);

    for (size_t i = 0; i < encoder->n_layers; i++) {
        const EncoderLayer *layer = &encoder->layers[i];

        // Self-attention: queries, keys and values all come from the sentence itself.
        trace_scope(trace, "encoder.layer%zu.self", i);
        attention_project(&layer->self, a.x, total, a.keys, a.values, trace);
        attention_forward(&layer->self, a.x, total, a.spans, n_sentences, &a.scratch, a.sub, trace);
        layer_norm_residual(&layer->self_norm, a.x, a.sub, total, trace);

        trace_scope(trace, "encoder.layer%zu.ffn", i);
        feed_forward(&layer->ffn, a.x, total, a.hidden, a.sub, trace);
        layer_norm_residual(&layer->ffn_norm, a.x, a.sub, total, trace);
    }
    trace_scope(trace, "encoder");
    trace_matrix(trace, "memory", a.x, total, d);
    return a.x;
}
