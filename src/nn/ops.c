#include "nn/ops.h"

#include <math.h>
#include <string.h>

#include "nn/matrix.h"

void linear_forward(const Linear *linear, const float *x, size_t n, float *y) {
    for (size_t row = 0; row < n; row++)
        memcpy(y + row * linear->n_out, linear->bias, linear->n_out * sizeof *y);
    matrix_multiply_nt(n, linear->n_out, linear->n_in, 1.0F, x, linear->n_in, linear->weight,
                       linear->n_in, 1, y, linear->n_out);
}

bool linear_select(const Linear *linear, const int *outputs, size_t n, Linear *selected,
                   Arena *arena, Error *err) {
    static const char what[] = "a part of a layer";
    size_t n_in = linear->n_in;
    float *weight = arena_array(arena, n, n_in * sizeof *weight, what, err);
    float *bias = arena_floats(arena, n, what, err);
    if (!weight || !bias) return false;
    for (size_t i = 0; i < n; i++) {
        size_t output = (size_t)outputs[i];
        memcpy(weight + i * n_in, linear->weight + output * n_in, n_in * sizeof *weight);
        bias[i] = linear->bias[output];
    }
    *selected = (Linear){n_in, n, weight, bias};
    return true;
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
