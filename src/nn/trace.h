/* trace.h: a look at the activations while they are computed

       trace_scope(trace, "decoder.layer%zu.cross", i);       where the forward pass is
       trace_matrix(trace, "query", x, n, d);                 and what it just made

   Every function of the forward pass takes a Trace and names the matrices that it makes, for an
   observer that may write them down, draw them or compare them. Nobody watches where trace is NULL,
   and then these calls do nothing. Watching changes nothing: the values are const, and there is no
   other forward pass.

   A matrix [n][m] has a row for each piece. The encoder makes all rows at once; the decoder makes
   them step by step, one call each, in order, so whoever stacks the calls of one name has the rows
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

/* All matrices that follow are made there. */
void trace_scope(Trace *trace, const char *format, ...) XATTN_PRINTF(2, 3);

/* Shows x [n][m] under a name, the second for one head of an attention. */
void trace_matrix(Trace *trace, const char *name, const float *x, size_t n, size_t m);
void trace_head(Trace *trace, const char *name, size_t head, const float *x, size_t n, size_t m);

#endif
