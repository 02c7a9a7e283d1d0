/* Exercise 6: gradients, of a softmax and of what cross-attention looks at */
#ifndef EXERCISE_GRADIENTS_H
#define EXERCISE_GRADIENTS_H

#include <stddef.h>

/* probs [n][m] are the softmax of scores, row by row, and d_probs [n][m] the gradient of the loss with
   respect to them. Writes that with respect to the scores, d_scores [n][m]. */
void softmax_gradient(const float *probs, const float *d_probs, size_t n, size_t m,
                      float *d_scores);

/* One head of cross-attention, out = P V with P = softmax(Q Kᵀ / √d): queries q [n][d], keys k and
   values v [m][d], probs P [n][m], and d_out [n][d], the gradient with respect to out. Writes the
   gradients of keys and values, dk and dv [m][d]: what the encoder is told. n and m are at most 64. */
void memory_gradient(const float *q, const float *k, const float *v, const float *probs,
                     const float *d_out, size_t n, size_t m, size_t d, float *dk, float *dv);

#endif
