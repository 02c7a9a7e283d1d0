#include "exercise.h"

#include <math.h>

void attention(const float *q, const float *k, const float *v, size_t n, size_t m, size_t d,
               float *probs, float *out) {
    // Yours. As it stands every query looks at nothing.
    (void)q, (void)k, (void)v;
    for (size_t i = 0; i < n * m; i++) probs[i] = 0.0F;
    for (size_t i = 0; i < n * d; i++) out[i] = 0.0F;
}
