#include "nn/ops.h"

#include <math.h>
#include <string.h>

#include "nn/int8.h"

void linear_forward(const Linear *linear, const float *x, size_t n, float *y) {
    const Weights *w = &linear->weight;
    if (w->type == WEIGHTS_INT8)
        int8_multiply(int8_kernel(), x, n, linear->n_in, w->data, w->scales, linear->bias,
                      linear->n_out, y);
    else
        dense_kernel()->multiply(&(DenseProduct){.n = n,
                                                 .n_in = linear->n_in,
                                                 .n_out = linear->n_out,
                                                 .x = x,
                                                 .weight = w->data,
                                                 .is_half = w->type == WEIGHTS_F16,
                                                 .bias = linear->bias,
                                                 .y = y});
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

void layer_norm_residual(const LayerNorm *norm, float *x, const float *sub, size_t n) {
    size_t d = norm->d;
    for (size_t row = 0; row < n; row++, x += d, sub += d) {
        float mean = 0.0F, variance = 0.0F;
        for (size_t i = 0; i < d; i++) mean += (x[i] += sub[i]);
        mean /= (float)d;
        for (size_t i = 0; i < d; i++) variance += (x[i] - mean) * (x[i] - mean);
        variance /= (float)d;
        float scale = 1.0F / sqrtf(variance + norm->epsilon);
        for (size_t i = 0; i < d; i++) x[i] = norm->gain[i] * (x[i] - mean) * scale + norm->bias[i];
    }
}

static float maximum(const float *x, size_t m) {
    float max = x[0];
    for (size_t i = 1; i < m; i++) max = x[i] > max ? x[i] : max;
    return max;
}

void softmax_rows(float *x, size_t n, size_t m) {
    for (size_t row = 0; row < n; row++, x += m) {
        float max = maximum(x, m), sum = 0.0F;
        for (size_t i = 0; i < m; i++) sum += (x[i] = expf(x[i] - max));
        for (size_t i = 0; i < m; i++) x[i] /= sum;
    }
}

float log_sum_exp(const float *x, size_t m) {
    float max = maximum(x, m);
    double sum = 0.0;
    for (size_t i = 0; i < m; i++) sum += (double)expf(x[i] - max);
    return max + (float)log(sum);
}

static void activate(Activation activation, float *x, size_t n) {
    switch (activation) {
        case ACTIVATION_RELU:
            for (size_t i = 0; i < n; i++) x[i] = x[i] > 0.0F ? x[i] : 0.0F;
            break;
        case ACTIVATION_SWISH:
            for (size_t i = 0; i < n; i++) x[i] = x[i] / (1.0F + expf(-x[i]));
            break;
    }
}

void feed_forward(const FeedForward *ffn, const float *x, size_t n, float *hidden, float *y) {
    linear_forward(&ffn->inner, x, n, hidden);
    activate(ffn->activation, hidden, n * ffn->inner.n_out);
    linear_forward(&ffn->outer, hidden, n, y);
}
