/* embedding.h: token ids to vectors (Vaswani et al. 2017, sections 3.4 and 3.5)

       x = E[id] · √d + P[position]
       P[p][k] = sin(p · f_k),   P[p][d/2 + k] = cos(p · f_k),   f_k = 10000^(−k / K)

   The sinusoids have dialects. All here have a half of sines, then a half of cosines, where the paper
   interleaves them. The slowest frequency is the paper's (K = d/2) in Hugging Face models, and
   exactly 1/10000 (K = d/2 − 1, as in the paper's own program, tensor2tensor) in Marian itself and so
   in Firefox models. Positions count from 0. An embedding is a table look-up; it has nothing to do
   with the encoder, nor with the tokenizer that made the ids. */
#ifndef XATTN_EMBEDDING_H
#define XATTN_EMBEDDING_H

#include "nn/weights.h"

typedef enum { SINUSOIDS_PAPER, SINUSOIDS_TENSOR2TENSOR } Sinusoids;

typedef struct {
    size_t d, max_positions;
    Weights tokens;  // E [V][d]
    const float
        *positions;  // P [max_positions][d] as stored in the model; NULL: the sinusoids above
    float scale;     // √d, or 1
    Sinusoids sinusoids;
} Embedding;

/* Rows first … first + n - 1 of P into out [n][d]. first + n <= max_positions. */
void embedding_positions(const Embedding *emb, size_t first, size_t n, float *out);

/* x [d] = E[id] · scale + position [d]. An id of -1 has the zero vector: Marian's decoder starts from
   it, where other models have a start symbol. */
void embedding_token(const Embedding *emb, int id, const float *position, float *x);

#endif
