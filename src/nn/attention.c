#include "nn/attention.h"

#include <math.h>

#include "nn/matrix.h"

void attention_project(const Attention *att, const float *y, size_t n, float *keys, float *values) {
    linear_forward(&att->key, y, n, keys);
    linear_forward(&att->value, y, n, values);
}

/* One head of one span: q [n][dh], k and v [m][dh] and context [n][dh] are slices of rows of width
   d. The scores are written where the caller wants the probabilities, so a map costs no copy. */
static void attend(const float *q, const float *k, const float *v, size_t n, size_t m, size_t dh,
                   size_t d, float *scores, float *context) {
    float scale = 1.0F / sqrtf((float)dh);
    matrix_multiply_nt(n, m, dh, scale, q, d, k, d, 0, scores, m);  // [n][m]  = Q Kᵀ / √dh
    softmax_rows(scores, n, m);                                     //         softmax, row by row
    matrix_multiply_nn(n, dh, m, scores, m, v, d, context, d);      // [n][dh] = P V
}

void attention_forward(const Attention *att, const float *x, size_t n_rows, const Span *spans,
                       size_t n_spans, const AttentionScratch *scratch, float *out) {
    size_t d = att->query.n_out, dh = d / att->heads;
    linear_forward(&att->query, x, n_rows, scratch->query);
    for (const Span *span = spans; span < spans + n_spans; span++) {
        const KeyValues *seen = &span->seen;
        for (size_t head = 0; head < att->heads; head++) {
            size_t column = head * dh, corner = span->first * d + column;
            float *scores = span->probs ? span->probs + head * span->n * seen->n : scratch->scores;
            attend(scratch->query + corner, seen->keys + column, seen->values + column, span->n,
                   seen->n, dh, d, scores, scratch->context + corner);
        }
    }
    linear_forward(&att->output, scratch->context, n_rows, out);
}
