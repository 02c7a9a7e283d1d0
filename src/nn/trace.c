#include "nn/trace.h"

#include <stdarg.h>
#include <stdio.h>

void trace_scope(Trace *trace, const char *format, ...) {
    if (!trace) return;
    va_list args;
    va_start(args, format);
    vsnprintf(trace->scope, sizeof trace->scope, format, args);
    va_end(args);
}

static void show(Trace *trace, const char *name, int head, const float *x, size_t n, size_t m) {
    if (trace)
        trace->observe(trace->context, &(xattn_activation){trace->scope, name, head, n, m, x});
}

void trace_matrix(Trace *trace, const char *name, const float *x, size_t n, size_t m) {
    show(trace, name, TRACE_NO_HEAD, x, n, m);
}

void trace_head(Trace *trace, const char *name, size_t head, const float *x, size_t n, size_t m) {
    show(trace, name, (int)head, x, n, m);
}
