#include "nn/ops.h"

#include <math.h>
#include <string.h>

#include "nn/clones.h"
#include "nn/exp.h"

static void multiply(const Linear *linear, const float *x, size_t n, float *y, Best *best) {
    const Product product = {.n = n,
                             .n_in = linear->n_in,
                             .n_out = linear->n_out,
                             .x = x,
                             .weight = &linear->weight,
                             .bias = linear->bias,
                             .y = y,
                             .best = best};
    if (linear->weight.type == WEIGHTS_INT8)
        kernels()->int8->multiply(&product);
    else
        kernels()->dense(&product);
}

void linear_forward(const Linear *linear, const float *x, size_t n, float *y) {
    multiply(linear, x, n, y, NULL);
}

void linear_best(const Linear *linear, const float *x, size_t n, Best *best) {
    multiply(linear, x, n, NULL, best);
}

bool linear_of_floats(const float *weight, const float *bias, size_t n_in, size_t n_out,
                      Linear *linear, Arena *arena, Error *err) {
    const StoredWeights stored = {STORED_F32, weight, NULL, false};
    *linear = (Linear){.n_in = n_in, .n_out = n_out, .bias = bias};
    return weights_pack(&stored, n_out, n_in, XATTN_AS_STORED, &linear->weight, arena, err);
}

size_t linear_rows(const Linear *linear) {
    return linear->weight.type == WEIGHTS_F32 ? LINEAR_MOST_ROWS : 16;
}

bool linear_select(const Linear *linear, const int *outputs, size_t n, Linear *selected,
                   Arena *arena, Error *err) {
    *selected = (Linear){.n_in = linear->n_in, .n_out = n};
    float *bias = arena_floats(arena, n, "a part of a layer", err);
    selected->bias = bias;
    for (size_t i = 0; bias && i < n; i++) bias[i] = linear->bias[outputs[i]];
    return bias &&
           weights_select(&linear->weight, outputs, n, linear->n_in, &selected->weight, arena, err);
}

/* Sums and maxima have this many independent parts. The compiler keeps the given order of additions,
   and in a single sum each addition would wait for the one before. */
enum { LANES = 16 };

INLINE float sum_of(const float *x, size_t n) {
    float sums[LANES] = {0}, sum = 0.0F;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) sums[lane] += x[i + lane];
    for (; i < n; i++) sum += x[i];
    for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];
    return sum;
}

INLINE float sum_of_squares(const float *x, size_t n) {
    float sums[LANES] = {0}, sum = 0.0F;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) sums[lane] += x[i + lane] * x[i + lane];
    for (; i < n; i++) sum += x[i] * x[i];
    for (size_t lane = 0; lane < LANES; lane++) sum += sums[lane];
    return sum;
}

FOR_EACH_PROCESSOR
void layer_norm_residual(const LayerNorm *norm, float *x, const float *sub, size_t n,
                         Trace *trace) {
    size_t d = norm->d;
    float *z = x;
    for (size_t row = 0; row < n; row++, z += d, sub += d) {
        for (size_t i = 0; i < d; i++) z[i] += sub[i];
        float mean = sum_of(z, d) / (float)d;
        for (size_t i = 0; i < d; i++) z[i] -= mean;
        float scale = 1.0F / sqrtf(sum_of_squares(z, d) / (float)d + norm->epsilon);
        for (size_t i = 0; i < d; i++) z[i] = norm->gain[i] * z[i] * scale + norm->bias[i];
    }
    trace_matrix(trace, "norm", x, n, d);
}

FOR_EACH_PROCESSOR
float largest_of(const float *x, size_t n) {
    float most[LANES], max = x[0];
    size_t i = 0;
    for (size_t lane = 0; lane < LANES; lane++) most[lane] = max;
    for (; i + LANES <= n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            most[lane] = x[i + lane] > most[lane] ? x[i + lane] : most[lane];
    for (; i < n; i++) max = x[i] > max ? x[i] : max;
    for (size_t lane = 0; lane < LANES; lane++) max = most[lane] > max ? most[lane] : max;
    return max;
}

FOR_EACH_PROCESSOR
void softmax_rows(float *x, size_t n, size_t m) {
    for (size_t row = 0; row < n; row++, x += m) {
        float max = largest_of(x, m);
        for (size_t i = 0; i < m; i++) x[i] = exp_float(x[i] - max);
        float scale = 1.0F / sum_of(x, m);
        for (size_t i = 0; i < m; i++) x[i] *= scale;
    }
}

/* Sums of a few numbers in float, and their sum in double, keep the digits of a whole vocabulary. */
FOR_EACH_PROCESSOR
float log_sum_exp(const float *x, size_t m) {
    enum { FEW = 16 * LANES };
    float max = largest_of(x, m), powers[FEW];
    double sum = 0.0;
    for (size_t first = 0, n; first < m; first += n) {
        n = m - first < FEW ? m - first : FEW;
        for (size_t i = 0; i < n; i++) powers[i] = exp_float(x[first + i] - max);
        sum += (double)sum_of(powers, n);
    }
    return max + (float)log(sum);
}

FOR_EACH_PROCESSOR
static void activate(Activation activation, float *x, size_t n) {
    switch (activation) {
        case ACTIVATION_RELU:
            for (size_t i = 0; i < n; i++) x[i] = x[i] > 0.0F ? x[i] : 0.0F;
            break;
        case ACTIVATION_SWISH:
            for (size_t i = 0; i < n; i++) x[i] = x[i] / (1.0F + exp_float(-x[i]));
            break;
    }
}

void feed_forward(const FeedForward *ffn, const float *x, size_t n, float *hidden, float *y,
                  Trace *trace) {
    linear_forward(&ffn->inner, x, n, hidden);
    activate(ffn->activation, hidden, n * ffn->inner.n_out);
    trace_matrix(trace, "hidden", hidden, n, ffn->inner.n_out);
    linear_forward(&ffn->outer, hidden, n, y);
    trace_matrix(trace, "output", y, n, ffn->outer.n_out);
}
