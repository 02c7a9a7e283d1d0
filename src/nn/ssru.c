#include "nn/ssru.h"

#include <math.h>

void ssru_step(const Ssru *ssru, const float *x, size_t n, float *const *cells, float *forget,
               float *out) {
    size_t d = ssru->input.n_out;
    linear_forward(&ssru->forget, x, n, forget);
    linear_forward(&ssru->input, x, n, out);
    for (size_t row = 0; row < n; row++, forget += d, out += d) {
        float *cell = cells[row];
        for (size_t i = 0; i < d; i++) {
            float keep = 1.0F / (1.0F + expf(-forget[i]));
            cell[i] = keep * cell[i] + (1.0F - keep) * out[i];
            out[i] = cell[i] > 0.0F ? cell[i] : 0.0F;
        }
    }
}
