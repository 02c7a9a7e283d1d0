#include "nn/embedding.h"

#include <math.h>
#include <string.h>

/* Rows first … first + n - 1 of P. */
static void sinusoids(const Embedding *emb, size_t first, size_t n, float *out) {
    size_t half = emb->d / 2;
    double K = (double)half - (emb->sinusoids == SINUSOIDS_TENSOR2TENSOR ? 1.0 : 0.0);
    for (size_t k = 0; k < half; k++) {
        double frequency = pow(10000.0, -(double)k / K);
        for (size_t i = 0; i < n; i++) {
            double angle = (double)(first + i) * frequency;
            out[i * emb->d + k] = (float)sin(angle);
            out[i * emb->d + half + k] = (float)cos(angle);
        }
    }
}

void embedding_positions(const Embedding *emb, size_t first, size_t n, float *out) {
    if (emb->positions)
        memcpy(out, emb->positions + first * emb->d, n * emb->d * sizeof *out);
    else
        sinusoids(emb, first, n, out);
}

void embedding_token(const Embedding *emb, int id, const float *position, float *x) {
    if (id < 0) {
        memcpy(x, position, emb->d * sizeof *x);
        return;
    }
    weights_row(&emb->tokens, (size_t)id, emb->d, x);
    for (size_t i = 0; i < emb->d; i++) x[i] = x[i] * emb->scale + position[i];
}
