#include "nn/ssru.h"

#include "nn/exp.h"

void ssru_step(const Ssru *ssru, const float *x, size_t n, float *const *cells, float *forget,
               float *out, Trace *trace) {
    size_t d = ssru->input.n_out;
    linear_forward(&ssru->forget, x, n, forget);
    for (size_t i = 0; i < n * d; i++) forget[i] = 1.0F / (1.0F + exp_float(-forget[i]));
    trace_matrix(trace, "forget", forget, n, d);
    linear_forward(&ssru->input, x, n, out);
    trace_matrix(trace, "input", out, n, d);
    for (size_t row = 0; row < n; row++) {
        const float *keep = forget + row * d;
        float *cell = cells[row], *y = out + row * d;
        for (size_t i = 0; i < d; i++) {
            cell[i] = keep[i] * cell[i] + (1.0F - keep[i]) * y[i];
            y[i] = cell[i] > 0.0F ? cell[i] : 0.0F;
        }
        trace_matrix(trace, "cell", cell, 1, d);
    }
    trace_matrix(trace, "output", out, n, d);
}
