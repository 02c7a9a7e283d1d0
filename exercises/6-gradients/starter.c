#include "exercise.h"

void softmax_gradient(const float *probs, const float *d_probs, size_t n, size_t m,
                      float *d_scores) {
    // Yours. As it stands a score would move its own probability and no other.
    for (size_t i = 0; i < n * m; i++) d_scores[i] = probs[i] * d_probs[i];
}

void memory_gradient(const float *q, const float *k, const float *v, const float *probs,
                     const float *d_out, size_t n, size_t m, size_t d, float *dk, float *dv) {
    // Yours. As it stands the encoder learns nothing.
    (void)q, (void)k, (void)v, (void)probs, (void)d_out, (void)n;
    for (size_t i = 0; i < m * d; i++) dk[i] = dv[i] = 0.0F;
}
