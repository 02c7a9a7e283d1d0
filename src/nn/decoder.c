#include "nn/decoder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 32 };

/* One hypothesis: what it has said so far, as every layer remembers it. */
typedef struct {
    size_t sentence;
    float
        *past;  // by layer: [keys, values][capacity][d], or a cell [d]; NULL before the first step
    size_t heir;  // scratch of decoder_reorder: the row that took the past over
} Row;

struct DecoderState {
    const Decoder *decoder;
    size_t n_rows, max_rows;
    size_t n_steps;     // tokens fed to every row so far
    size_t capacity;    // tokens that a row's past has room for
    Row *rows;          // [max_rows]
    Row *next_rows;     // [max_rows], scratch of decoder_reorder
    KeyValues *memory;  // [n_layers][n_sentences], of the encoder's output
    size_t n_sentences;
    float *positions;        // [capacity][d]
    Linear *outputs;         // [n_sentences] the output layer for its candidates; NULL: no limits
    Candidates *candidates;  // [n_sentences]
    Ablation *ablations;     // [n_layers] of cross-attention; NULL: none

    // The activations of one step.
    float *x;              // [max_rows][d], the stream that runs through the layers
    float *sub;            // [max_rows][d], what a sub-layer adds to it
    float *keys, *values;  // [max_rows][d], of the newest tokens
    float *forget;         // [max_rows][d], of an SSRU
    float **cells;         // [max_rows], of one layer
    float *hidden;         // [max_rows][f]
    Span *spans;           // [max_rows]
    AttentionScratch attention;
    Trace *trace;  // who is shown them, or NULL
    Arena arena;   // everything above but positions and each row's past, which grow
};

static size_t width(const DecoderState *state) { return state->decoder->embedding.d; }

/* How many floats a layer needs for a past of `capacity` tokens. A cell holds any number. */
static size_t past_size(const DecoderState *state, size_t layer, size_t capacity) {
    bool is_cell = state->decoder->layers[layer].self_kind == SELF_SSRU;
    return (is_cell ? 1 : 2 * capacity) * width(state);
}

/* Where layer `layer` of a row keeps its past: its cell, or its keys, whose values follow `capacity`
   rows further on. */
static float *past_of(const DecoderState *state, const Row *row, size_t layer) {
    float *past = row->past;
    for (size_t i = 0; i < layer; i++) past += past_size(state, i, state->capacity);
    return past;
}

/* Zeroed, as cells begin. */
static float *past_alloc(const DecoderState *state, size_t capacity, Error *err) {
    size_t n = 1;  // one to spare: calloc of nothing may be NULL
    for (size_t i = 0; i < state->decoder->n_layers; i++) n += past_size(state, i, capacity);
    float *past = calloc(n, sizeof *past);
    if (!past) error_memory(err, n * sizeof *past, "the decoder's cache");
    return past;
}

/* Copies the n_steps tokens of a past of `from` tokens' room into one of `to`. */
static void past_copy(const DecoderState *state, const float *source, size_t from, float *target,
                      size_t to) {
    size_t n = state->n_steps * width(state) * sizeof *target;
    for (size_t i = 0; i < state->decoder->n_layers; i++) {
        size_t source_size = past_size(state, i, from), target_size = past_size(state, i, to);
        if (state->decoder->layers[i].self_kind == SELF_SSRU) {
            memcpy(target, source, target_size * sizeof *target);
        } else {
            memcpy(target, source, n);                                      // keys
            memcpy(target + target_size / 2, source + source_size / 2, n);  // values
        }
        source += source_size;
        target += target_size;
    }
}

/* Doubles the room, up to the positions that the model has. */
static bool grow(DecoderState *state, Error *err) {
    const Embedding *emb = &state->decoder->embedding;
    size_t capacity = state->capacity ? 2 * state->capacity : FIRST_CAPACITY;
    if (capacity > emb->max_positions) capacity = emb->max_positions;
    for (size_t r = 0; r < state->n_rows; r++) {
        float *past = past_alloc(state, capacity, err);
        if (!past) return false;
        if (state->n_steps) past_copy(state, state->rows[r].past, state->capacity, past, capacity);
        free(state->rows[r].past);
        state->rows[r].past = past;
    }
    float *positions = realloc(state->positions, capacity * emb->d * sizeof *positions);
    if (!positions) return error_memory(err, capacity * emb->d * sizeof *positions, "positions");
    state->positions = positions;
    embedding_positions(emb, state->n_steps, capacity - state->n_steps,
                        positions + state->n_steps * emb->d);
    state->capacity = capacity;
    return true;
}

static bool state_alloc(DecoderState *state, size_t total, size_t longest, Error *err) {
    static const char what[] = "the decoder's activations";
    const Decoder *dec = state->decoder;
    size_t d = dec->embedding.d, f = dec->layers[0].ffn.inner.n_out, n = state->max_rows;
    size_t seen = longest > dec->embedding.max_positions ? longest : dec->embedding.max_positions;
    Arena *a = &state->arena;
    state->memory =
        arena_array(a, dec->n_layers * state->n_sentences, sizeof(KeyValues), what, err);
    if (!state->memory) return false;
    float *kv = arena_floats(a, dec->n_layers * 2 * total * d, "cross-attention's keys", err);
    if (!kv) return false;
    state->memory[0].keys = kv;
    return (state->rows = arena_array(a, n, sizeof(Row), what, err)) &&
           (state->next_rows = arena_array(a, n, sizeof(Row), what, err)) &&
           (state->spans = arena_array(a, n, sizeof(Span), what, err)) &&
           (state->x = arena_floats(a, n * d, what, err)) &&
           (state->sub = arena_floats(a, n * d, what, err)) &&
           (state->keys = arena_floats(a, n * d, what, err)) &&
           (state->values = arena_floats(a, n * d, what, err)) &&
           (state->forget = arena_floats(a, n * d, what, err)) &&
           (state->cells = arena_array(a, n, sizeof *state->cells, what, err)) &&
           (state->hidden = arena_floats(a, n * f, what, err)) &&
           (state->attention.query = arena_floats(a, n * d, what, err)) &&
           (state->attention.context = arena_floats(a, n * d, what, err)) &&
           (state->attention.scores = arena_floats(a, seen, what, err));
}

/* Cross-attention's keys and values: from the encoder's output, once for the whole decode. */
static void project_memory(DecoderState *state, const float *memory, const size_t *offsets) {
    size_t d = width(state), total = offsets[state->n_sentences];
    float *keys = state->memory[0].keys;
    for (size_t i = 0; i < state->decoder->n_layers; i++, keys += 2 * total * d) {
        float *values = keys + total * d;
        trace_scope(state->trace, "decoder.layer%zu.cross", i);
        attention_project(&state->decoder->layers[i].cross, memory, total, keys, values,
                          state->trace);
        for (size_t s = 0; s < state->n_sentences; s++)
            state->memory[i * state->n_sentences + s] = (KeyValues){
                keys + offsets[s] * d, values + offsets[s] * d, offsets[s + 1] - offsets[s]};
    }
}

DecoderState *decoder_start(const Decoder *decoder, const float *memory, const size_t *offsets,
                            size_t n_sentences, size_t rows_per_sentence, Trace *trace,
                            Error *err) {
    DecoderState *state = calloc(1, sizeof *state);
    if (!state) {
        error_memory(err, sizeof *state, "the decoder's state");
        return NULL;
    }
    state->decoder = decoder;
    state->n_sentences = n_sentences;
    state->max_rows = n_sentences * rows_per_sentence;
    size_t longest = 0;
    for (size_t s = 0; s < n_sentences; s++)
        if (offsets[s + 1] - offsets[s] > longest) longest = offsets[s + 1] - offsets[s];
    if (!state_alloc(state, offsets[n_sentences], longest, err)) {
        decoder_free(state);
        return NULL;
    }
    state->trace = state->attention.trace = trace;
    state->n_rows = n_sentences;
    for (size_t r = 0; r < n_sentences; r++) state->rows[r].sentence = r;
    project_memory(state, memory, offsets);
    return state;
}

static const KeyValues *memory_of(const DecoderState *state, size_t layer, size_t row) {
    return &state->memory[layer * state->n_sentences + state->rows[row].sentence];
}

bool decoder_restrict(DecoderState *state, const Candidates *candidates, Error *err) {
    static const char what[] = "the candidates of a batch";
    size_t n = state->n_sentences;
    Arena *a = &state->arena;
    state->candidates = arena_array(a, n, sizeof *state->candidates, what, err);
    state->outputs = arena_array(a, n, sizeof *state->outputs, what, err);
    if (!state->candidates || !state->outputs) return false;
    for (size_t s = 0; s < n; s++) {
        size_t n_ids = candidates[s].n;
        int *ids = arena_array(a, n_ids, sizeof *ids, what, err);
        if (!ids || !linear_select(&state->decoder->output, candidates[s].ids, n_ids,
                                   &state->outputs[s], a, err))
            return false;
        memcpy(ids, candidates[s].ids, n_ids * sizeof *ids);
        state->candidates[s] = (Candidates){ids, n_ids};
    }
    return true;
}

Candidates decoder_candidates(const DecoderState *state, size_t row) {
    if (state->candidates) return state->candidates[state->rows[row].sentence];
    return (Candidates){NULL, state->decoder->output.n_out};
}

bool decoder_ablate(DecoderState *state, const CrossAblation *ablations, size_t n, Error *err) {
    static const char what[] = "ablations";
    const Decoder *decoder = state->decoder;
    state->ablations = arena_array(&state->arena, decoder->n_layers, sizeof(Ablation), what, err);
    if (!state->ablations) return false;
    for (size_t i = 0; i < decoder->n_layers; i++) {
        bool *silent =
            arena_array(&state->arena, decoder->layers[i].cross.heads, sizeof *silent, what, err);
        if (!silent) return false;
        state->ablations[i].silent = silent;
        for (size_t k = 0; k < n; k++) {
            if (ablations[k].layer != i) continue;
            if (ablations[k].head == ABLATE_SCORES)
                state->ablations[i].uniform = true;
            else
                silent[ablations[k].head] = true;
        }
    }
    return true;
}

/* Decoder self-attention: a row looks at its own past, the newest token included, which is appended
   here. The future needs no mask: it is not in the past yet. */
static void span_past(DecoderState *state, size_t layer) {
    size_t d = width(state), n = state->n_steps;
    for (size_t r = 0; r < state->n_rows; r++) {
        float *keys = past_of(state, &state->rows[r], layer);
        float *values = keys + state->capacity * d;
        memcpy(keys + n * d, state->keys + r * d, d * sizeof *keys);
        memcpy(values + n * d, state->values + r * d, d * sizeof *values);
        state->spans[r] = (Span){r, 1, {keys, values, n + 1}, NULL, NULL};
    }
}

/* What the newest token makes of the target so far: sub [n_rows][d] from x [n_rows][d]. */
static void self_layer(DecoderState *state, size_t i, const float *x, float *sub) {
    const DecoderLayer *layer = &state->decoder->layers[i];
    size_t n = state->n_rows;
    switch (layer->self_kind) {
        case SELF_ATTENTION:  // queries from the newest token, keys and values from all so far
            trace_scope(state->trace, "decoder.layer%zu.self", i);
            attention_project(&layer->self, x, n, state->keys, state->values, state->trace);
            span_past(state, i);
            attention_forward(&layer->self, x, n, state->spans, n, &state->attention, sub);
            break;
        case SELF_SSRU:
            trace_scope(state->trace, "decoder.layer%zu.ssru", i);
            for (size_t r = 0; r < n; r++) state->cells[r] = past_of(state, &state->rows[r], i);
            ssru_step(&layer->ssru, x, n, state->cells, state->forget, sub, state->trace);
            break;
    }
}

/* Cross-attention: a row looks at the whole source sentence, and this is what a map shows. */
static void span_memory(DecoderState *state, size_t layer, float *const *maps) {
    size_t heads = state->decoder->layers[layer].cross.heads;
    const Ablation *ablation = state->ablations ? &state->ablations[layer] : NULL;
    for (size_t r = 0; r < state->n_rows; r++) {
        const KeyValues *seen = memory_of(state, layer, r);
        float *map = maps && maps[r] ? maps[r] + layer * heads * seen->n : NULL;
        state->spans[r] = (Span){r, 1, *seen, map, ablation};
    }
}

/* logits [n_rows][V] of each row's candidates: all tokens, with one product for all rows, or a
   sentence's own. */
static void output_logits(DecoderState *state, const float *x, float *logits) {
    const Linear *output = &state->decoder->output;
    if (!state->outputs) {
        linear_forward(output, x, state->n_rows, logits);
        return;
    }
    for (size_t r = 0; r < state->n_rows; r++)
        linear_forward(&state->outputs[state->rows[r].sentence], x + r * output->n_in, 1,
                       logits + r * output->n_out);
}

bool decoder_step(DecoderState *state, const int *ids, float *logits, float *const *maps,
                  Error *err) {
    const Decoder *decoder = state->decoder;
    size_t n = state->n_rows, d = width(state);
    float *x = state->x, *sub = state->sub;
    Trace *trace = state->trace;
    if (state->n_steps == decoder->embedding.max_positions)
        return error_set(err, "decoder: no position %zu, the model has %zu", state->n_steps,
                         decoder->embedding.max_positions);
    if (state->n_steps == state->capacity && !grow(state, err)) return false;

    const float *position = state->positions + state->n_steps * d;
    for (size_t r = 0; r < n; r++)
        embedding_token(&decoder->embedding, ids[r], position, x + r * d);
    trace_scope(trace, "decoder");
    trace_matrix(trace, "positions", position, 1, d);
    trace_matrix(trace, "embedding", x, n, d);

    for (size_t i = 0; i < decoder->n_layers; i++) {
        const DecoderLayer *layer = &decoder->layers[i];

        // Self-attention, or an SSRU: the newest token and the target so far.
        self_layer(state, i, x, sub);
        layer_norm_residual(&layer->self_norm, x, sub, n);
        trace_matrix(trace, "norm", x, n, d);

        // Cross-attention: queries from the newest token, keys and values from the encoder.
        trace_scope(trace, "decoder.layer%zu.cross", i);
        span_memory(state, i, maps);
        attention_forward(&layer->cross, x, n, state->spans, n, &state->attention, sub);
        layer_norm_residual(&layer->cross_norm, x, sub, n);
        trace_matrix(trace, "norm", x, n, d);

        trace_scope(trace, "decoder.layer%zu.ffn", i);
        feed_forward(&layer->ffn, x, n, state->hidden, sub);
        trace_matrix(trace, "hidden", state->hidden, n, layer->ffn.inner.n_out);
        trace_matrix(trace, "output", sub, n, d);
        layer_norm_residual(&layer->ffn_norm, x, sub, n);
        trace_matrix(trace, "norm", x, n, d);
    }
    output_logits(state, x, logits);
    trace_scope(trace, "decoder");
    trace_matrix(trace, "logits", logits, n, decoder->output.n_out);
    state->n_steps++;
    return true;
}

bool decoder_reorder(DecoderState *state, const size_t *parent, size_t n_rows, Error *err) {
    Row *rows = state->rows, *next = state->next_rows;
    for (size_t r = 0; r < n_rows; r++) {
        Row *from = &rows[parent[r]];
        next[r] = *from;
        if (from->past) {  // the first child takes it over
            from->past = NULL;
            from->heir = r;
        } else if (state->n_steps) {  // the others get copies
            next[r].past = past_alloc(state, state->capacity, err);
            if (!next[r].past) return false;
            past_copy(state, next[from->heir].past, state->capacity, next[r].past, state->capacity);
        }
    }
    for (size_t r = 0; r < state->n_rows; r++) free(rows[r].past);
    memset(rows, 0, state->max_rows * sizeof *rows);
    state->rows = next;
    state->next_rows = rows;
    state->n_rows = n_rows;
    return true;
}

void decoder_free(DecoderState *state) {
    if (!state) return;
    for (size_t r = 0; r < state->max_rows; r++) {
        if (state->rows) free(state->rows[r].past);
        if (state->next_rows) free(state->next_rows[r].past);
    }
    free(state->positions);
    arena_free(&state->arena);
    free(state);
}
