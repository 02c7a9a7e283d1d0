/* Exercise 1: attention, softmax(Q Kᵀ / √d) V */
#ifndef EXERCISE_ATTENTION_H
#define EXERCISE_ATTENTION_H

#include <stddef.h>

/* One head. Queries q [n][d] look at keys k [m][d] and values v [m][d]; all matrices lie row by row.
   Writes the probabilities, probs [n][m], whose rows sum to 1, and the weighted means, out [n][d]. */
void attention(const float *q, const float *k, const float *v, size_t n, size_t m, size_t d,
               float *probs, float *out);

#endif
