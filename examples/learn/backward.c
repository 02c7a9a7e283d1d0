#include "backward.h"

#include <math.h>
#include <string.h>

#include "nn/clones.h"
#include "nn/matrix.h"

FOR_EACH_PROCESSOR
void add_product(size_t rows, size_t cols, size_t inner, float scale, const float *a, size_t lda,
                 const float *b, size_t ldb, float *c, size_t ldc) {
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < inner; k++) {
            const float factor = scale * a[i * lda + k], *row = b + k * ldb;
            float *sum = c + i * ldc;
            for (size_t j = 0; j < cols; j++) sum[j] += factor * row[j];
        }
}

FOR_EACH_PROCESSOR
void add_product_transposed(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                            size_t lda, const float *b, size_t ldb, float *c, size_t ldc) {
    for (size_t k = 0; k < inner; k++)
        for (size_t i = 0; i < rows; i++) {
            const float factor = scale * a[k * lda + i], *row = b + k * ldb;
            float *sum = c + i * ldc;
            for (size_t j = 0; j < cols; j++) sum[j] += factor * row[j];
        }
}

static void add_rows(const float *x, size_t n, size_t d, float *sum) {
    for (size_t row = 0; row < n; row++)
        for (size_t i = 0; i < d; i++) sum[i] += x[row * d + i];
}

/* y[r][o] = Σ_i x[r][i] W[o][i] + b[o]. So x[r][i] moves every y[r][o], by W[o][i] each; W[o][i] moves
   y[r][o] in every row, by x[r][i]; and b[o] moves it by 1. Sum over everything that moves:

       dx [n][in] = dy [n][out] · W [out][in]      dW [out][in] = dyᵀ [out][n] · x [n][in]      db = Σ_r dy[r] */
void linear_backward(const Linear *linear, const float *x, const float *dy, size_t n,
                     const Gradients *g, float *dx) {
    size_t in = linear->n_in, out = linear->n_out;
    const float *weight = plain_weight(linear);
    add_product(n, in, out, 1.0F, dy, out, weight, in, dx, in);
    add_product_transposed(out, in, n, 1.0F, dy, out, x, in, gradient_of(g, weight), in);
    add_rows(dy, n, out, gradient_of(g, linear->bias));
}

/* p_j = exp(x_j) / Σ exp. A larger x_i raises p_i and lowers all others in proportion to their values:

       ∂p_j/∂x_i = p_j ([i = j] − p_i),      so      dx_i = Σ_j dp_j ∂p_j/∂x_i = p_i (dp_i − Σ_j dp_j p_j)

   A step goes against the slope: it raises the scores whose dp is below the row's present mean. */
void softmax_backward(const float *probs, float *dp, size_t n, size_t m) {
    for (size_t row = 0; row < n; row++, probs += m, dp += m) {
        float mean = 0.0F;
        for (size_t j = 0; j < m; j++) mean += dp[j] * probs[j];
        for (size_t j = 0; j < m; j++) dp[j] = probs[j] * (dp[j] - mean);
    }
}

/* y = γ ⊙ u + β, u = (z − mean z) / σ, in each row [d]. z_k moves the mean by 1/d and σ by u_k/d, so

       ∂u_i/∂z_k = ([i = k] − 1/d − u_i u_k / d) / σ

   Multiply by du_i and add up over i, with du = γ ⊙ dy:

       dβ = Σ rows of dy      dγ = Σ rows of dy ⊙ u      dz = (du − mean(du) − u ⊙ mean(du ⊙ u)) / σ

   The subtracted terms are the two directions in which z can move without moving u: all numbers of the
   row up by the same amount, and all of them further apart. */
void layer_norm_backward(const LayerNorm *norm, const float *x, const float *sub, const float *dy,
                         size_t n, const Gradients *g, float *dz) {
    size_t d = norm->d;
    float *d_gain = gradient_of(g, norm->gain);
    add_rows(dy, n, d, gradient_of(g, norm->bias));
    for (size_t row = 0; row < n; row++, x += d, sub += d, dy += d, dz += d) {
        float mean = 0.0F, variance = 0.0F, mean_du = 0.0F, mean_du_u = 0.0F;
        for (size_t i = 0; i < d; i++) mean += (x[i] + sub[i]) / (float)d;
        for (size_t i = 0; i < d; i++) {
            float distance = x[i] + sub[i] - mean;
            variance += distance * distance / (float)d;
        }
        float scale = 1.0F / sqrtf(variance + norm->epsilon);  // 1/σ
        for (size_t i = 0; i < d; i++) {
            float u = (x[i] + sub[i] - mean) * scale;
            d_gain[i] += dy[i] * u;
            mean_du += norm->gain[i] * dy[i] / (float)d;
            mean_du_u += norm->gain[i] * dy[i] * u / (float)d;
        }
        for (size_t i = 0; i < d; i++) {
            float u = (x[i] + sub[i] - mean) * scale;
            dz[i] = (norm->gain[i] * dy[i] - mean_du - u * mean_du_u) * scale;
        }
    }
}

/* relu'(x) = [x > 0];   swish(x) = x σ(x), σ' = σ (1 − σ), so swish'(x) = σ + x σ (1 − σ). */
static float slope(Activation activation, float x) {
    if (activation == ACTIVATION_RELU) return x > 0.0F ? 1.0F : 0.0F;
    float sigmoid = 1.0F / (1.0F + expf(-x));
    return sigmoid + x * sigmoid * (1.0F - sigmoid);
}

/* Two linear layers, and between them d_before = d_hidden ⊙ act'(before). The forward pass keeps the
   output of act but not its input, which is computed again here. */
void feed_forward_backward(const FeedForward *ffn, const float *x, const float *hidden,
                           const float *dy, size_t n, const Gradients *g, float *d_hidden,
                           float *before, float *dx) {
    size_t size = n * ffn->inner.n_out;
    memset(d_hidden, 0, size * sizeof *d_hidden);
    linear_backward(&ffn->outer, hidden, dy, n, g, d_hidden);
    linear_forward(&ffn->inner, x, n, before);
    for (size_t i = 0; i < size; i++) d_hidden[i] *= slope(ffn->activation, before[i]);
    linear_backward(&ffn->inner, x, d_hidden, n, g, dx);
}

/* x = E[id] · scale + P[position]: a row of E gets the gradient of its token, for each use. */
void embedding_backward(const Embedding *emb, const int *ids, const float *dx, size_t n,
                        float *d_table) {
    for (size_t row = 0; row < n; row++)
        for (size_t i = 0; i < emb->d; i++)
            d_table[(size_t)ids[row] * emb->d + i] += emb->scale * dx[row * emb->d + i];
}

/* O = P V and S = Q Kᵀ · scale are products, and a product's gradient is two products; the softmax is
   between them:

       dV [m][dh] = Pᵀ [m][n] · dO [n][dh]             a value gets dO in proportion to its share
       dP [n][m]  = dO [n][dh] · Vᵀ [dh][m]            a share gets the dot product of dO and its value
       dS [n][m]  = P ⊙ (dP − Σ_j dP_j P_j)            row by row, softmax_backward
       dQ [n][dh] = scale · dS [n][m] · K [m][dh]
       dK [m][dh] = scale · dSᵀ [m][n] · Q [n][dh]     a key moves along the queries that ask it */
void attend_backward(const Head *h) {
    add_product_transposed(h->m, h->dh, h->n, 1.0F, h->probs, h->m, h->d_context, h->d, h->dv,
                           h->d);
    matrix_multiply_nt(h->n, h->m, h->dh, 1.0F, h->d_context, h->d, h->v, h->d, h->d_scores, h->m);
    softmax_backward(h->probs, h->d_scores, h->n, h->m);
    for (size_t i = 0; h->more && i < h->n * h->m; i++) h->d_scores[i] += h->more[i];
    add_product(h->n, h->dh, h->m, h->scale, h->d_scores, h->m, h->k, h->d, h->dq, h->d);
    add_product_transposed(h->m, h->dh, h->n, h->scale, h->d_scores, h->m, h->q, h->d, h->dk, h->d);
}

/* All heads of a span. The gradients of keys have the same layout as the keys. */
static void span_backward(const Attention *att, const AttentionCall *call, const Span *span,
                          const AttentionGradients *work) {
    size_t d = att->query.n_out, dh = d / att->heads, n = span->n, m = span->seen.n;
    bool uniform = span->ablation && span->ablation->uniform;
    for (size_t head = 0; head < att->heads; head++) {
        size_t ask = span->first * d + head * dh;
        size_t seen = (size_t)(span->seen.keys - call->keys) + head * dh;
        const float *probs = span->probs + head * n * m;
        attend_backward(
            &(Head){n, m, dh, d, uniform ? 0.0F : 1.0F / sqrtf((float)dh), call->query + ask,
                    call->keys + seen, call->values + seen, probs, work->context + ask,
                    work->more ? work->more + (probs - call->probs) : NULL, work->scores,
                    work->query + ask, work->keys + seen, work->values + seen});
    }
}

/* The forward pass backwards: the output layer, the heads, and the three layers before them. In
   cross-attention, y is the encoder's memory, and everything that the encoder learns reaches it through
   dy. */
void attention_backward(const Attention *att, const AttentionCall *call, const float *d_out,
                        const Gradients *g, const AttentionGradients *work, float *dx, float *dy) {
    size_t d = att->query.n_out, n = call->n, m = call->m;
    memset(work->context, 0, n * d * sizeof *work->context);
    memset(work->query, 0, n * d * sizeof *work->query);
    memset(work->keys, 0, m * d * sizeof *work->keys);
    memset(work->values, 0, m * d * sizeof *work->values);
    linear_backward(&att->output, call->context, d_out, n, g, work->context);
    for (size_t i = 0; i < call->n_spans; i++) span_backward(att, call, &call->spans[i], work);
    linear_backward(&att->query, call->x, work->query, n, g, dx);
    linear_backward(&att->key, call->y, work->keys, m, g, dy);
    linear_backward(&att->value, call->y, work->values, m, g, dy);
}

/* L = −Σ_j q_j log p_j with p = softmax(x), so log p_j = x_j − log Σ exp, and Σ q = 1:

       dx_j = p_j − q_j      what is said minus what was wanted */
double cross_entropy_backward(float *logits, const int *wanted, size_t n, size_t vocab,
                              float smoothing, size_t of) {
    double loss = 0.0;
    float others = smoothing / (float)vocab;
    for (size_t row = 0; row < n; row++, logits += vocab) {
        float *right = logits + wanted[row], log_sum = log_sum_exp(logits, vocab), sum = 0.0F;
        for (size_t j = 0; j < vocab; j++) sum += log_sum - logits[j];  // Σ −log p
        loss += (double)((1.0F - smoothing) * (log_sum - *right) + others * sum);
        softmax_rows(logits, 1, vocab);
        *right -= 1.0F - smoothing;
        for (size_t j = 0; j < vocab; j++) logits[j] = (logits[j] - others) / (float)of;
    }
    return loss / (double)of;
}
