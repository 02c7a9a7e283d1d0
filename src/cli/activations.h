/* activations.h: what an observer of the forward pass was shown, put together to arrays

   The decoder works step by step and shows one row a call. Calls of the same scope and name are
   stacked: rows of a matrix without heads become [n][m], those of an attention's heads [h][n][m].
   A query of decoder self-attention sees one position more than the one before it; such rows are
   filled up to the longest with what a mask would have put there: −∞ in scores, 0 elsewhere. */
#ifndef XATTN_ACTIVATIONS_H
#define XATTN_ACTIVATIONS_H

#include "base/arena.h"
#include "xattn.h"

enum { ACTIVATION_NAME = 96 };

/* One call: some rows of one array. */
typedef struct ActivationRows {
    size_t head, n, m;
    float *values;  // [n][m]
    struct ActivationRows *next;
} ActivationRows;

typedef struct {
    char name[ACTIVATION_NAME];  // "decoder.layer1.cross.query"
    bool has_heads;
    size_t heads, n, m;  // heads is 1 if there are none; m of the longest row
    ActivationRows *first, *last;
} ActivationArray;

/* Starts as {0}. */
typedef struct {
    size_t n, capacity;
    ActivationArray *arrays;  // [n] in the order in which they were first shown
    Arena memory;             // of the rows
    bool failed;
    Error error;  // why
} Activations;

/* The observer; context: an Activations. If memory runs out it remembers so. */
void activations_take(void *context, const xattn_activation *shown);

/* Puts array i together: values [heads][n][m], in the activations' memory. NULL if out of memory. */
const float *activations_values(Activations *all, size_t i, Error *err);

void activations_free(Activations *all);

#endif
