#include "nn/embedding.h"

#include <math.h>
#include <string.h>

static void sinusoids(size_t position, size_t d, float *out) {
    for (size_t k = 0; k < d / 2; k++) {
        double angle = (double)position * pow(10000.0, -2.0 * (double)k / (double)d);
        out[k] = (float)sin(angle);
        out[d / 2 + k] = (float)cos(angle);
    }
}

void embedding_positions(const Embedding *emb, size_t first, size_t n, float *out) {
    if (emb->positions)
        memcpy(out, emb->positions + first * emb->d, n * emb->d * sizeof *out);
    else
        for (size_t i = 0; i < n; i++) sinusoids(first + i, emb->d, out + i * emb->d);
}

void embedding_token(const Embedding *emb, int id, const float *position, float *x) {
    const float *token = emb->tokens + (size_t)id * emb->d;
    for (size_t i = 0; i < emb->d; i++) x[i] = token[i] * emb->scale + position[i];
}
