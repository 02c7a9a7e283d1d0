/* Exercise 2: attention with a mask */
#ifndef EXERCISE_MASK_H
#define EXERCISE_MASK_H

#include <stddef.h>

/* As in exercise 1, but query i may look at the first visible[i] keys alone, 1 to m of them: what is
   behind gets the probability 0. visible = {1, 2, 3 …} is the causal mask of a decoder that is
   trained on whole sentences; visible = {5, 5, 5 …} hides the padding behind a sentence of 5. */
void masked_attention(const float *q, const float *k, const float *v, const size_t *visible,
                      size_t n, size_t m, size_t d, float *probs, float *out);

#endif
