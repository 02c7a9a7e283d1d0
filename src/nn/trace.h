/* trace.h: showing activations while they are computed

       trace_scope(trace, "decoder.layer%zu.cross", i);       the current place in the forward pass
       trace_matrix(trace, "query", x, n, d);                 and the matrix just computed

   Every function of the forward pass takes a Trace and names each matrix as soon as it is complete, so
   that an observer can write, draw or compare them. Operations that serve many purposes (linear_forward,
   softmax_rows) do not: the same product is a query here and half of a feed-forward layer there, so
   the caller gives the result its name. If `trace` is NULL, these calls do nothing. An observer cannot
   change the result: the values are const, and there is only one forward pass.

   A matrix [n][m] has a row for each piece. The encoder computes all rows at once. The decoder computes
   them step by step, with a call for each, in order: stack the calls with the same name to get the rows
   of the whole translation. */
#ifndef XATTN_TRACE_H
#define XATTN_TRACE_H

#include "base/error.h"

enum { TRACE_NO_HEAD = -1 };

typedef struct {
    void (*observe)(void *context, const xattn_activation *matrix);
    void *context;
    char scope[64];
} Trace;

/* Sets the place of the matrices that follow. */
void trace_scope(Trace *trace, const char *format, ...) XATTN_PRINTF(2, 3);

/* Shows x [n][m] under a name, the second for one head of an attention. */
void trace_matrix(Trace *trace, const char *name, const float *x, size_t n, size_t m);
void trace_head(Trace *trace, const char *name, size_t head, const float *x, size_t n, size_t m);

#endif
