/* nudge.h: gradients against central differences

   A function under test is written again as plain loops in double precision: from all of its inputs, one
   after the other in one array, to one number. Each input is nudged up and down, and the slope of the
   number is what the backward function should have found. What fails here fails the running test. */
#ifndef TEST_NUDGE_H
#define TEST_NUDGE_H

#include <math.h>

#include "floats.h"
#include "nn/ops.h"

enum { MOST_INPUTS = 4096 };

/* Inputs, one after the other, to one number; `shape` says what is what. */
typedef double NudgedFunction(const double *inputs, const void *shape);

/* Expects gradient [n] to be that of `function` at inputs [n]: within 1e-4 of the largest slope. */
static void assert_gradient(const char *what, NudgedFunction *function, const void *shape,
                            const float *inputs, size_t n, const float *gradient) {
    const double h = 1e-5;
    double at[MOST_INPUTS], slopes[MOST_INPUTS], most = 0.0;
    assert_true(n <= MOST_INPUTS);
    for (size_t i = 0; i < n; i++) at[i] = (double)inputs[i];
    for (size_t i = 0; i < n; i++) {
        at[i] = (double)inputs[i] + h;
        double above = function(at, shape);
        at[i] = (double)inputs[i] - h;
        slopes[i] = (above - function(at, shape)) / (2.0 * h);
        at[i] = (double)inputs[i];
        most = fmax(most, fabs(slopes[i]));
    }
    assert_true(most > 1e-3);  // something is being tested
    for (size_t i = 0; i < n; i++)
        if (!(fabs(slopes[i] - (double)gradient[i]) <= 1e-4 * most))
            fail_msg("%s: gradient [%zu] is %.7g, the slope %.7g (largest %.3g)", what, i,
                     (double)gradient[i], slopes[i], most);
}

/* What the outputs are multiplied with before they are added up to one number, so that each of them counts
   differently; it is also the gradient of that number, which the backward function is given. */
static float weight_of(size_t i) {
    return 0.25F + (float)(i * 7 % 11) / 8.0F - 0.5F * (float)(i % 2);
}

static double weigh(const double *y, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += y[i] * (double)weight_of(i);
    return sum;
}

static float *weights_of_output(Arena *arena, size_t n) {
    float *dy = floats_filled(arena, n, 0.0F);
    for (size_t i = 0; i < n; i++) dy[i] = weight_of(i);
    return dy;
}

/* y [n][out] = x Wᵀ + b, W and b one after the other. Returns what follows them. */
static const double *linear(const double *x, const double *w, size_t n, size_t in, size_t out,
                            double *y) {
    for (size_t r = 0; r < n; r++)
        for (size_t o = 0; o < out; o++) {
            y[r * out + o] = w[out * in + o];
            for (size_t i = 0; i < in; i++) y[r * out + o] += x[r * in + i] * w[o * in + i];
        }
    return w + out * in + out;
}

static void softmax(double *x, size_t m) {
    double sum = 0.0;
    for (size_t j = 0; j < m; j++) sum += x[j] = exp(x[j]);
    for (size_t j = 0; j < m; j++) x[j] /= sum;
}

/* A layer whose weight and bias lie at `at`, which moves behind them. */
static Linear linear_at(Arena *arena, const float **at, size_t in, size_t out) {
    Linear layer;
    Error err;
    assert_true(linear_of_floats(*at, *at + in * out, in, out, &layer, arena, &err));
    *at += in * out + out;
    return layer;
}

#endif
