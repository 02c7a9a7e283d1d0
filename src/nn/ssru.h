/* ssru.h: the simpler simple recurrent unit (Kim et al. 2019, "From Research to Production and Back:
   Ludicrously Fast Neural Machine Translation", section 3.1)

       f  = σ(x Wf + bf)               how much of the past to keep: 0 to 1, for each of d numbers
       c  ← f ⊙ c + (1 − f) ⊙ (x W)    the cell: a summary of the target so far
       out = max(0, c)

   It replaces the decoder's self-attention in Firefox's models. The past is one cell of d numbers,
   however long the translation, so every step costs the same, and there are no keys and values to keep.
   The price: nothing shows which earlier word mattered, because the only attention left in the decoder
   is the one to the source.

   The residual and the layer norm are in decoder.c, in the paper's order. */
#ifndef XATTN_SSRU_H
#define XATTN_SSRU_H

#include "nn/ops.h"
#include "nn/trace.h"

typedef struct {
    Linear forget;  // Wf, bf: [d] -> [d]
    Linear input;   // W, whose bias is zero: [d] -> [d]
} Ssru;

/* A step of n rows: x [n][d] has their newest tokens, and cells[r] [d], the cell of row r, is updated.
   The result is out [n][d]. forget [n][d] is scratch memory. x and out may not overlap. `trace` is NULL
   or shows f, x W, c and out to an observer. */
void ssru_step(const Ssru *ssru, const float *x, size_t n, float *const *cells, float *forget,
               float *out, Trace *trace);

#endif
