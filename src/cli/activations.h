/* activations.h: collecting the activations of a forward pass in arrays

   The decoder works step by step and shows a row in each call. Calls with the same scope and name are
   stacked: to [n][m] without heads, or to [h][n][m] for the heads of an attention. Each query of
   decoder self-attention sees one position more than the one before it; shorter rows are filled up as a
   mask would do it, with −∞ in scores and 0 elsewhere. */
#ifndef XATTN_ACTIVATIONS_H
#define XATTN_ACTIVATIONS_H

#include "base/arena.h"
#include "xattn.h"

enum { ACTIVATION_NAME = 96 };

/* The rows of one call. */
typedef struct ActivationRows {
    size_t head, n, m;
    float *values;  // [n][m]
    struct ActivationRows *next;
} ActivationRows;

typedef struct {
    char name[ACTIVATION_NAME];  // "decoder.layer1.cross.query"
    bool has_heads;
    size_t heads, n, m;  // heads: 1 if there are none; m: of the longest row
    ActivationRows *first, *last;
} ActivationArray;

/* Starts as {0}. */
typedef struct {
    size_t n, capacity;
    ActivationArray *arrays;  // [n] in the order of their first call
    Arena memory;             // for the rows
    bool failed;
    Error error;  // the reason for `failed`
} Activations;

/* The observer. `context` is an Activations, which records a lack of memory. */
void activations_take(void *context, const xattn_activation *shown);

/* Stacks array i to values [heads][n][m], which belong to the activations. NULL if out of memory. */
const float *activations_values(Activations *all, size_t i, Error *err);

void activations_free(Activations *all);

#endif
