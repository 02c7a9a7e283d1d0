/* ssru.h: the simpler simple recurrent unit (Kim et al. 2019, "From Research to Production and Back:
   Ludicrously Fast Neural Machine Translation", section 3.1)

       f  = σ(x Wf + bf)               how much of the past to keep, 0 to 1, for each of d numbers
       c  ← f ⊙ c + (1 − f) ⊙ (x W)    the cell: what is remembered of the target so far
       out = max(0, c)

   Firefox's models have it in the decoder where the paper has self-attention. The past is one cell
   of d numbers, however long the translation: a step costs the same at the end as at the start, and
   there are no keys and values to keep. In return nothing says which earlier word mattered: the
   decoder has one attention left, the one to the source.

   Not here: residual and layer norm, which decoder.c shows in the paper's order. */
#ifndef XATTN_SSRU_H
#define XATTN_SSRU_H

#include "nn/ops.h"
#include "nn/trace.h"

typedef struct {
    Linear forget;  // Wf, bf: [d] -> [d]
    Linear input;   // W, whose bias is zero: [d] -> [d]
} Ssru;

/* One step of n rows: x [n][d] are their newest tokens, cells[r] [d] is what row r remembers, which
   is updated; out [n][d]. forget: [n][d] of scratch. x and out may not overlap. trace: NULL, or who is
   shown f, x W, c and out. */
void ssru_step(const Ssru *ssru, const float *x, size_t n, float *const *cells, float *forget,
               float *out, Trace *trace);

#endif
