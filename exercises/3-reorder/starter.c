/* The decoder of src/nn/decoder.c, all of it, but for decoder_reorder. */
#include "nn/decoder.h"

#define decoder_reorder the_projects_reorder
bool the_projects_reorder(DecoderState *state, const size_t *parent, size_t n_rows, Error *err);
#include "nn/decoder.c"
#undef decoder_reorder

/* Row r continues what was row parent[r]. */
bool decoder_reorder(DecoderState *state, const size_t *parent, size_t n_rows, Error *err) {
    // Yours. As it stands every row goes on with its own past, whoever its parent is, and a row that
    // is new begins with an empty one.
    (void)parent;
    for (size_t r = 0; r < n_rows && state->n_steps; r++)
        if (!state->rows[r].past &&
            !(state->rows[r].past = past_alloc(state, state->capacity, err)))
            return false;
    state->n_rows = n_rows;
    return true;
}
