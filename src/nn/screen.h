/* screen.h: the largest output of a layer, found in int8 and decided exactly

   A greedy step needs only the largest logit, and its floats are most of what the step reads. So the
   screen first computes all outputs with the layer's weights rounded to int8. The difference is bounded
   (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1, for the last term):

       |y'[o] − y[o]| <= ε = hx max Σ|w| + hw Σ|x| + n hx hw + n u (max |x| max Σ|w| + max |b|)

   where hx and hw are half a step of rounding x and w, and u is that of a float. Outputs below the
   largest y' − 2 ε cannot be the largest. Nearly always one is left, and that is the answer. If a few
   are left, their floats decide; if many, or if a number is not finite, those of the whole row. The
   answer is therefore always that of linear_best. */
#ifndef XATTN_SCREEN_H
#define XATTN_SCREEN_H

#include "nn/ops.h"

typedef struct {
    Weights rounded;  // the layer's weights in int8
    float step;       // the largest step of rounding them
    float norm;       // the largest Σ|w| of an output
    float bias;       // the largest |b|
} Screen;

enum { SCREEN_SCRATCH = 1 << 15 };  // floats

/* Makes the screen of a layer of F32 or F16 from its weights in the file. NULL if out of memory. */
const Screen *screen_make(const Linear *linear, const StoredWeights *stored, Arena *arena,
                          Error *err);

/* As linear_best, for n rows. `scratch` has SCREEN_SCRATCH floats. */
void screen_best(const Screen *screen, const Linear *linear, const float *x, size_t n,
                 float *scratch, Best *best);

#endif
