/* decoder_state.h: the memory of a decode, for decoder.c alone

   It is allocated once for each batch, in an arena. Only the rows' pasts and the positions grow with
   the target. */
#ifndef XATTN_DECODER_STATE_H
#define XATTN_DECODER_STATE_H

#include "nn/decoder.h"

struct DecoderState {
    const Decoder *decoder;
    Cache cache;        // the rows, and their cached target so far
    float *positions;   // [cache.capacity][d]
    KeyValues *memory;  // [n_layers][n_sentences], of the encoder's output
    size_t n_sentences;
    Restriction *restrictions;  // [n_sentences] of the output layer; NULL: none
    Ablation *ablations;        // [n_layers] of cross-attention; NULL: none

    // The activations of one step.
    float *x;              // [max_rows][d], the stream that runs through the layers
    float *sub;            // [max_rows][d], what a sub-layer adds to it
    float *keys, *values;  // [max_rows][d], of the newest tokens
    float *forget;         // [max_rows][d], of an SSRU
    float **cells;         // [max_rows], of one layer
    float *hidden;         // [max_rows][f]
    float *screened;       // scratch of the screen, if there is one
    Span *spans;           // [max_rows]
    AttentionScratch scratch;
    Arena arena;  // holds everything above except positions and the rows' pasts
};

/* A state without content. Its `memory` has room for offsets[n_sentences] rows of keys and values in
   every layer; those of the first layer begin at memory[0].keys. NULL if out of memory. */
DecoderState *decoder_state_new(const Decoder *decoder, const size_t *offsets, size_t n_sentences,
                                size_t max_rows, Error *err);

/* Makes room for one more step and computes its position. False if the model has no further position,
   or if out of memory. */
bool decoder_state_reserve(DecoderState *state, Error *err);

#endif
