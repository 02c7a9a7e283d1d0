#include "nn/decoder.h"

#include "nn/decoder_state.h"

/* Computes the keys and values of cross-attention from the encoder's output, once for the whole
   decode. */
static void project_memory(DecoderState *state, const float *memory, const size_t *offsets,
                           Trace *trace) {
    const Decoder *decoder = state->decoder;
    size_t d = decoder->embedding.d, n = state->n_sentences, total = offsets[n];
    float *keys = state->memory[0].keys;
    for (size_t i = 0; i < decoder->n_layers; i++, keys += 2 * total * d) {
        float *values = keys + total * d;
        trace_scope(trace, "decoder.layer%zu.cross", i);
        attention_project(&decoder->layers[i].cross, memory, total, keys, values, trace);
        for (size_t s = 0; s < n; s++)
            state->memory[i * n + s] = (KeyValues){keys + offsets[s] * d, values + offsets[s] * d,
                                                   offsets[s + 1] - offsets[s]};
    }
}

DecoderState *decoder_start(const Decoder *decoder, const float *memory, const size_t *offsets,
                            size_t n_sentences, size_t rows_per_sentence, Trace *trace,
                            Error *err) {
    size_t max_rows = n_sentences * rows_per_sentence;
    DecoderState *state = decoder_state_new(decoder, offsets, n_sentences, max_rows, err);
    if (state) project_memory(state, memory, offsets, trace);
    return state;
}

/* Embeds the newest token of every row. Its position in the target is the same for all rows. */
static void embed(DecoderState *state, const int *ids, Trace *trace) {
    const Embedding *embedding = &state->decoder->embedding;
    size_t n = state->cache.n_rows, d = embedding->d;
    const float *position = state->positions + state->cache.n_steps * d;
    for (size_t r = 0; r < n; r++) embedding_token(embedding, ids[r], position, state->x + r * d);
    trace_scope(trace, "decoder");
    trace_matrix(trace, "positions", position, 1, d);
    trace_matrix(trace, "embedding", state->x, n, d);
}

/* Decoder self-attention: a row looks at its own past. Its newest token is appended here. The future
   needs no mask, because the past does not contain it yet. */
static void span_past(DecoderState *state, size_t layer) {
    size_t d = state->decoder->embedding.d;
    for (size_t r = 0; r < state->cache.n_rows; r++) {
        KeyValues past =
            cache_append(&state->cache, r, layer, state->keys + r * d, state->values + r * d);
        state->spans[r] = (Span){r, 1, past, NULL, NULL};
    }
}

/* The first sub-layer, over the target so far: sub [n_rows][d] from x [n_rows][d]. */
static void self_layer(DecoderState *state, size_t i, const float *x, float *sub, Trace *trace) {
    const DecoderLayer *layer = &state->decoder->layers[i];
    size_t n = state->cache.n_rows;
    switch (state->decoder->self_kind) {
        case SELF_ATTENTION:  // queries from the newest token, keys and values from all tokens so far
            trace_scope(trace, "decoder.layer%zu.self", i);
            attention_project(&layer->self, x, n, state->keys, state->values, trace);
            span_past(state, i);
            attention_forward(&layer->self, x, n, state->spans, n, &state->scratch, sub, trace);
            break;
        case SELF_SSRU:
            trace_scope(trace, "decoder.layer%zu.ssru", i);
            for (size_t r = 0; r < n; r++) state->cells[r] = cache_cell(&state->cache, r, i);
            ssru_step(&layer->ssru, x, n, state->cells, state->forget, sub, trace);
            break;
    }
}

/* Cross-attention: a row looks at the whole source sentence. These are the probabilities in a map. */
static void span_memory(DecoderState *state, size_t layer, float *const *maps) {
    size_t heads = state->decoder->layers[layer].cross.heads;
    const KeyValues *memory = state->memory + layer * state->n_sentences;
    const Ablation *ablation = state->ablations ? &state->ablations[layer] : NULL;
    for (size_t r = 0; r < state->cache.n_rows; r++) {
        KeyValues seen = memory[state->cache.rows[r].sentence];
        float *map = maps && maps[r] ? maps[r] + layer * heads * seen.n : NULL;
        state->spans[r] = (Span){r, 1, seen, map, ablation};
    }
}

/* The output layer of a row: over all tokens, or over its sentence's candidates. */
static const Linear *output_of(const DecoderState *state, size_t r) {
    if (!state->restrictions) return &state->decoder->output;
    return &state->restrictions[state->cache.rows[r].sentence].output;
}

void decoder_row_logits(const DecoderState *state, size_t r, float *logits) {
    linear_forward(output_of(state, r), state->x + r * state->decoder->embedding.d, 1, logits);
}

/* The logits [n_rows][V] of each row's candidates. If these are all tokens, one product computes all
   rows; otherwise each sentence has its own layer. */
static void output_logits(const DecoderState *state, float *logits, Trace *trace) {
    const Linear *output = &state->decoder->output;
    size_t n = state->cache.n_rows, V = output->n_out;
    if (!state->restrictions) linear_forward(output, state->x, n, logits);
    for (size_t r = 0; state->restrictions && r < n; r++)
        decoder_row_logits(state, r, logits + r * V);
    trace_scope(trace, "decoder");
    trace_matrix(trace, "logits", logits, n, V);
}

void decoder_best(const DecoderState *state, Best *best) {
    const Linear *output = &state->decoder->output;
    size_t n = state->cache.n_rows, d = output->n_in;
    for (size_t r = 0; state->restrictions && r < n; r++)
        linear_best(output_of(state, r), state->x + r * d, 1, &best[r]);
    if (state->restrictions) return;
    if (!state->decoder->screen)
        linear_best(output, state->x, n, best);
    else
        screen_best(state->decoder->screen, output, state->x, n, state->screened, best);
}

bool decoder_step(DecoderState *state, const int *ids, float *logits, float *const *maps,
                  Trace *trace, Error *err) {
    const Decoder *decoder = state->decoder;
    size_t n = state->cache.n_rows;
    float *x = state->x, *sub = state->sub;  // [n_rows][d] each
    if (!decoder_state_reserve(state, err)) return false;

    embed(state, ids, trace);
    for (size_t i = 0; i < decoder->n_layers; i++) {
        const DecoderLayer *layer = &decoder->layers[i];

        // Self-attention, or an SSRU, over the target so far.
        self_layer(state, i, x, sub, trace);
        layer_norm_residual(&layer->self_norm, x, sub, n, trace);

        // Cross-attention: queries from the newest token, keys and values from the encoder.
        trace_scope(trace, "decoder.layer%zu.cross", i);
        span_memory(state, i, maps);
        attention_forward(&layer->cross, x, n, state->spans, n, &state->scratch, sub, trace);
        layer_norm_residual(&layer->cross_norm, x, sub, n, trace);

        trace_scope(trace, "decoder.layer%zu.ffn", i);
        feed_forward(&layer->ffn, x, n, state->hidden, sub, trace);
        layer_norm_residual(&layer->ffn_norm, x, sub, n, trace);
    }
    if (logits) output_logits(state, logits, trace);
    state->cache.n_steps++;
    return true;
}
