#include "nn/attention.h"

#include <math.h>
#include <string.h>

#include "nn/matrix.h"

void attention_project(const Attention *att, const float *y, size_t n, float *keys, float *values,
                       Trace *trace) {
    linear_forward(&att->key, y, n, keys);
    trace_matrix(trace, "key", keys, n, att->key.n_out);
    linear_forward(&att->value, y, n, values);
    trace_matrix(trace, "value", values, n, att->value.n_out);
}

static bool is_uniform(const Span *span) { return span->ablation && span->ablation->uniform; }

static bool is_silent(const Span *span, size_t head) {
    return span->ablation && span->ablation->silent && span->ablation->silent[head];
}

/* One head of one span: dh columns of the queries q [n][dh], of the keys and values k, v [m][dh] and of
   the context [n][dh], all in rows of width d. The scores go where the caller wants the probabilities,
   so a map costs no copy. */
static void attend(const Attention *att, const Span *span, size_t head,
                   const AttentionScratch *scratch, Trace *trace) {
    size_t d = att->query.n_out, dh = d / att->heads, n = span->n, m = span->seen.n;
    size_t column = head * dh, corner = span->first * d + column;
    const float *q = scratch->query + corner;
    const float *k = span->seen.keys + column, *v = span->seen.values + column;
    float *scores = span->probs ? span->probs + head * n * m : scratch->scores;
    float *context = scratch->context + corner;
    // If all scores are 0, all probabilities are 1/m.
    float scale = is_uniform(span) ? 0.0F : 1.0F / sqrtf((float)dh);

    // scores [n][m] = Q Kᵀ / √dh
    matrix_multiply_nt(n, m, dh, scale, q, d, k, d, scores, m);
    trace_head(trace, "scores", head, scores, n, m);
    // probabilities [n][m] = softmax, row by row
    softmax_rows(scores, n, m);
    trace_head(trace, "probabilities", head, scores, n, m);
    // context [n][dh] = P V
    matrix_multiply_nn(n, dh, m, scores, m, v, d, context, d);
    for (size_t row = 0; row < n && is_silent(span, head); row++)
        memset(context + row * d, 0, dh * sizeof *context);
}

void attention_forward(const Attention *att, const float *x, size_t n_rows, const Span *spans,
                       size_t n_spans, const AttentionScratch *scratch, float *out, Trace *trace) {
    size_t d = att->query.n_out;
    linear_forward(&att->query, x, n_rows, scratch->query);
    trace_matrix(trace, "query", scratch->query, n_rows, d);
    for (const Span *span = spans; span < spans + n_spans; span++)
        for (size_t head = 0; head < att->heads; head++) attend(att, span, head, scratch, trace);
    trace_matrix(trace, "context", scratch->context, n_rows, d);
    linear_forward(&att->output, scratch->context, n_rows, out);
    trace_matrix(trace, "output", out, n_rows, d);
}
