#include "nn/decoder_state.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 32 };

static bool activations_alloc(DecoderState *state, size_t longest, Error *err) {
    static const char what[] = "the decoder's activations";
    const Decoder *decoder = state->decoder;
    size_t d = decoder->embedding.d, f = decoder->layers[0].ffn.inner.n_out;
    size_t n = state->cache.max_rows, most = decoder->embedding.max_positions;
    Arena *a = &state->arena;
    return (state->x = arena_floats(a, n * d, what, err)) &&
           (state->sub = arena_floats(a, n * d, what, err)) &&
           (state->keys = arena_floats(a, n * d, what, err)) &&
           (state->values = arena_floats(a, n * d, what, err)) &&
           (state->forget = arena_floats(a, n * d, what, err)) &&
           (state->cells = arena_array(a, n, sizeof *state->cells, what, err)) &&
           (state->hidden = arena_floats(a, n * f, what, err)) &&
           (state->screened = arena_floats(a, decoder->screen ? SCREEN_SCRATCH : 0, what, err)) &&
           (state->spans = arena_array(a, n, sizeof *state->spans, what, err)) &&
           (state->scratch.query = arena_floats(a, n * d, what, err)) &&
           (state->scratch.context = arena_floats(a, n * d, what, err)) &&
           (state->scratch.scores = arena_floats(a, longest > most ? longest : most, what, err));
}

static bool state_alloc(DecoderState *state, const size_t *offsets, size_t max_rows, Error *err) {
    static const char what[] = "cross-attention's keys";
    const Decoder *decoder = state->decoder;
    size_t n = state->n_sentences, d = decoder->embedding.d, longest = 0;
    Arena *a = &state->arena;
    for (size_t s = 0; s < n; s++)
        if (offsets[s + 1] - offsets[s] > longest) longest = offsets[s + 1] - offsets[s];
    state->memory = arena_array(a, decoder->n_layers * n, sizeof *state->memory, what, err);
    float *keys = arena_floats(a, decoder->n_layers * 2 * offsets[n] * d, what, err);
    if (!state->memory || !keys) return false;
    state->memory[0].keys = keys;
    return cache_init(&state->cache, decoder->self_kind, decoder->n_layers, d, n, max_rows, a,
                      err) &&
           activations_alloc(state, longest, err);
}

DecoderState *decoder_state_new(const Decoder *decoder, const size_t *offsets, size_t n_sentences,
                                size_t max_rows, Error *err) {
    DecoderState *state = calloc(1, sizeof *state);
    if (!state) {
        error_memory(err, sizeof *state, "the decoder's state");
        return NULL;
    }
    state->decoder = decoder;
    state->n_sentences = n_sentences;
    if (state_alloc(state, offsets, max_rows, err)) return state;
    decoder_free(state);
    return NULL;
}

void decoder_free(DecoderState *state) {
    if (!state) return;
    cache_free(&state->cache);
    free(state->positions);
    arena_free(&state->arena);
    free(state);
}

bool decoder_state_reserve(DecoderState *state, Error *err) {
    const Embedding *emb = &state->decoder->embedding;
    size_t n = state->cache.n_steps, capacity = n ? 2 * n : FIRST_CAPACITY;
    if (n == emb->max_positions)
        return error_set(err, "decoder: no position %zu, the model has %zu", n, emb->max_positions);
    if (n < state->cache.capacity) return true;
    if (capacity > emb->max_positions) capacity = emb->max_positions;
    float *positions = realloc(state->positions, capacity * emb->d * sizeof *positions);
    if (!positions) return error_memory(err, capacity * emb->d * sizeof *positions, "positions");
    state->positions = positions;
    embedding_positions(emb, n, capacity - n, positions + n * emb->d);
    return cache_grow(&state->cache, capacity, err);
}

bool decoder_reorder(DecoderState *state, const size_t *parent, size_t n_rows, Error *err) {
    return cache_reorder(&state->cache, parent, n_rows, err);
}

bool decoder_restrict(DecoderState *state, const Candidates *candidates, Error *err) {
    state->restrictions = candidates_restrict(&state->decoder->output, candidates,
                                              state->n_sentences, &state->arena, err);
    return state->restrictions != NULL;
}

Candidates decoder_candidates(const DecoderState *state, size_t row) {
    if (state->restrictions) return state->restrictions[state->cache.rows[row].sentence].candidates;
    return (Candidates){NULL, state->decoder->output.n_out};
}

bool decoder_ablate(DecoderState *state, const xattn_ablation *ablations, size_t n, Error *err) {
    static const char what[] = "ablations";
    const Decoder *decoder = state->decoder;
    state->ablations =
        arena_array(&state->arena, decoder->n_layers, sizeof *state->ablations, what, err);
    if (!state->ablations) return false;
    for (size_t i = 0; i < decoder->n_layers; i++) {
        bool *silent =
            arena_array(&state->arena, decoder->layers[i].cross.heads, sizeof *silent, what, err);
        if (!silent) return false;
        state->ablations[i].silent = silent;
        for (size_t k = 0; k < n; k++) {
            if ((size_t)ablations[k].layer != i) continue;
            if (ablations[k].head == XATTN_UNIFORM)
                state->ablations[i].uniform = true;
            else
                silent[ablations[k].head] = true;
        }
    }
    return true;
}
