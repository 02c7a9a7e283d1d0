/* embedding.h: from token ids to vectors (Vaswani et al. 2017, sections 3.4 and 3.5)

       x = E[id] · √d + P[position]
       P[p][k] = sin(p · f_k),   P[p][d/2 + k] = cos(p · f_k),   f_k = 10000^(−k / K)

   The paper interleaves sines and cosines. The models here have a half of sines, followed by a half of
   cosines. In Hugging Face models the slowest frequency is the paper's (K = d/2). In Marian, and
   therefore in Firefox's models, it is exactly 1/10000 (K = d/2 − 1, as in the paper's own program,
   tensor2tensor). Positions count from 0. An embedding is a look-up in a table; the encoder and the
   tokenizer have no part in it. */
#ifndef XATTN_EMBEDDING_H
#define XATTN_EMBEDDING_H

#include "nn/weights.h"

typedef enum { SINUSOIDS_PAPER, SINUSOIDS_TENSOR2TENSOR } Sinusoids;

typedef struct {
    size_t d, max_positions;
    Weights tokens;          // E [V][d]
    const float *positions;  // P [max_positions][d] from the file; NULL: the sinusoids above
    const float *near;       // the first rows of the sinusoids, from embedding_prepare, or NULL
    float scale;             // √d, or 1
    Sinusoids sinusoids;
} Embedding;

/* Computes the first rows of the sinusoids once, because every sentence needs them. False if out of
   memory. */
bool embedding_prepare(Embedding *emb, Arena *arena, Error *err);

/* Writes rows first … first + n - 1 of P to out [n][d]. first + n <= max_positions. */
void embedding_positions(const Embedding *emb, size_t first, size_t n, float *out);

/* x [d] = E[id] · scale + position [d]. The id -1 stands for a zero vector, from which Marian's decoder
   starts instead of a start symbol. */
void embedding_token(const Embedding *emb, int id, const float *position, float *x);

#endif
