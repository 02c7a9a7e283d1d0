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

enum { N_NEAR = 64 };

bool embedding_prepare(Embedding *emb, Arena *arena, Error *err) {
    if (emb->positions) return true;
    size_t n = emb->max_positions < N_NEAR ? emb->max_positions : N_NEAR;
    float *near = arena_floats(arena, n * emb->d, "positions", err);
    if (near) sinusoids(emb, 0, n, near);
    emb->near = near;
    return near != NULL;
}

void embedding_positions(const Embedding *emb, size_t first, size_t n, float *out) {
    const float *table = emb->positions ? emb->positions : emb->near;
    size_t end = emb->positions ? emb->max_positions : N_NEAR, n_there = 0;
    if (table && first < end) n_there = n < end - first ? n : end - first;
    if (n_there) memcpy(out, table + first * emb->d, n_there * emb->d * sizeof *out);
    if (n_there < n) sinusoids(emb, first + n_there, n - n_there, out + n_there * emb->d);
}

void embedding_token(const Embedding *emb, int id, const float *position, float *x) {
    if (id < 0) {
        memcpy(x, position, emb->d * sizeof *x);
        return;
    }
    weights_row(&emb->tokens, (size_t)id, emb->d, x);
    for (size_t i = 0; i < emb->d; i++) x[i] = x[i] * emb->scale + position[i];
}
