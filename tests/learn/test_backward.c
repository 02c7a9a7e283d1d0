/* Every backward function, but attention's, against central differences of its forward one, which is
   written here as loops in double precision. Sizes of a shape all differ. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "learn/backward.h"
#include "nudge.h"

typedef struct {
    size_t n, m, in, out, hidden;
    Activation activation;
} Shape;

static double linear_loss(const double *inputs, const void *shape) {
    const Shape *s = shape;
    double y[512];
    linear(inputs, inputs + s->n * s->in, s->n, s->in, s->out, y);
    return weigh(y, s->n * s->out);
}

static void of_a_linear_layer(void **state) {
    (void)state;
    static const Shape shapes[] = {
        {.n = 1, .in = 1, .out = 1}, {.n = 5, .in = 3, .out = 7}, {.n = 2, .in = 18, .out = 4}};
    for (const Shape *s = shapes; s < shapes + 3; s++) {
        Arena arena = {0};
        size_t n_x = s->n * s->in, n = n_x + s->out * s->in + s->out;
        float *inputs = floats_random(&arena, n, 1.0F, 1), *d = floats_filled(&arena, n, 0.0F);
        const float *at = inputs + n_x;
        Linear layer = linear_at(&arena, &at, s->in, s->out);
        Gradients g = {inputs, d};  // x is one of the inputs, as the weights are
        linear_backward(&layer, inputs, weights_of_output(&arena, s->n * s->out), s->n, &g, d);
        assert_gradient("linear", linear_loss, s, inputs, n, d);
        arena_free(&arena);
    }
}

/* Who uses a value twice adds up two gradients. */
static void gradients_are_added(void **state) {
    (void)state;
    Arena arena = {0};
    float inputs[] = {2, 3, 5}, d[] = {10, 20, 30}, dy[] = {7};
    const float *at = inputs + 1;
    Linear layer = linear_at(&arena, &at, 1, 1);
    Gradients g = {inputs, d};
    linear_backward(&layer, inputs, dy, 1, &g, d);
    assert_floats_near(d, (float[]){10 + 7 * 3, 20 + 7 * 2, 30 + 7}, 3, 0.0F, "sums");
    arena_free(&arena);
}

static double softmax_loss(const double *inputs, const void *shape) {
    const Shape *s = shape;
    double p[512];
    memcpy(p, inputs, s->n * s->m * sizeof *p);
    for (size_t r = 0; r < s->n; r++) softmax(p + r * s->m, s->m);
    return weigh(p, s->n * s->m);
}

static void of_softmax(void **state) {
    (void)state;
    static const Shape shapes[] = {{.n = 1, .m = 2}, {.n = 4, .m = 3}, {.n = 3, .m = 37}};
    for (const Shape *s = shapes; s < shapes + 3; s++) {
        Arena arena = {0};
        size_t n = s->n * s->m;
        float *x = floats_random(&arena, n, 3.0F, 2), *probs = floats_filled(&arena, n, 0.0F);
        memcpy(probs, x, n * sizeof *x);
        softmax_rows(probs, s->n, s->m);
        float *dp = weights_of_output(&arena, n);
        softmax_backward(probs, dp, s->n, s->m);
        assert_gradient("softmax", softmax_loss, s, x, n, dp);
        arena_free(&arena);
    }
}

/* inputs: x [n][in], sub [n][in], gain, bias [in] */
static double norm_loss(const double *inputs, const void *shape) {
    const Shape *s = shape;
    size_t d = s->in;
    const double *sub = inputs + s->n * d, *gain = sub + s->n * d, *bias = gain + d;
    double y[512];
    for (size_t r = 0; r < s->n; r++) {
        double mean = 0.0, variance = 0.0;
        for (size_t i = 0; i < d; i++) mean += (inputs[r * d + i] + sub[r * d + i]) / (double)d;
        for (size_t i = 0; i < d; i++)
            variance += pow(inputs[r * d + i] + sub[r * d + i] - mean, 2.0) / (double)d;
        for (size_t i = 0; i < d; i++) {
            double distance = inputs[r * d + i] + sub[r * d + i] - mean;
            y[r * d + i] = bias[i] + gain[i] * distance / sqrt(variance + 1e-5);
        }
    }
    return weigh(y, s->n * d);
}

static void of_add_and_norm(void **state) {
    (void)state;
    static const Shape shapes[] = {{.n = 1, .in = 3}, {.n = 5, .in = 4}, {.n = 3, .in = 33}};
    for (const Shape *s = shapes; s < shapes + 3; s++) {
        Arena arena = {0};
        size_t n_x = s->n * s->in, n = 2 * n_x + 2 * s->in;
        float *inputs = floats_random(&arena, n, 1.5F, 3), *d = floats_filled(&arena, n, 0.0F);
        float *gain = inputs + 2 * n_x, *dy = weights_of_output(&arena, n_x);
        Gradients g = {inputs, d};
        LayerNorm norm = {s->in, gain, gain + s->in, 1e-5F};
        layer_norm_backward(&norm, inputs, inputs + n_x, dy, s->n, &g, d);
        memcpy(d + n_x, d, n_x * sizeof *d);  // x and sub are only ever used as their sum
        assert_gradient("add & norm", norm_loss, s, inputs, n, d);
        arena_free(&arena);
    }
}

/* inputs: x [n][in], W1, b1, W2, b2 */
static double ffn_loss(const double *inputs, const void *shape) {
    const Shape *s = shape;
    double hidden[512] = {0}, y[512];
    const double *w = linear(inputs, inputs + s->n * s->in, s->n, s->in, s->hidden, hidden);
    for (size_t i = 0; i < s->n * s->hidden; i++) {
        if (s->activation == ACTIVATION_RELU)
            hidden[i] = fmax(hidden[i], 0.0);
        else
            hidden[i] /= 1.0 + exp(-hidden[i]);
    }
    linear(hidden, w, s->n, s->hidden, s->in, y);
    return weigh(y, s->n * s->in);
}

static void of_the_feed_forward_layer(void **state) {
    (void)state;
    static const Shape shapes[] = {{.n = 1, .in = 1, .hidden = 2, .activation = ACTIVATION_SWISH},
                                   {.n = 4, .in = 3, .hidden = 7, .activation = ACTIVATION_RELU},
                                   {.n = 3, .in = 6, .hidden = 17, .activation = ACTIVATION_SWISH}};
    for (const Shape *s = shapes; s < shapes + 3; s++) {
        Arena arena = {0};
        size_t n_x = s->n * s->in, size = s->n * s->hidden;
        size_t n = n_x + 2 * s->in * s->hidden + s->hidden + s->in;
        float *inputs = floats_random(&arena, n, 1.5F, 4), *d = floats_filled(&arena, n, 0.0F);
        float *hidden = floats_filled(&arena, size, NAN), *y = floats_filled(&arena, n_x, NAN);
        float *d_hidden = floats_filled(&arena, size, NAN);
        float *before = floats_filled(&arena, size, NAN), *dy = weights_of_output(&arena, n_x);
        const float *at = inputs + n_x;
        FeedForward ffn = {.activation = s->activation};
        ffn.inner = linear_at(&arena, &at, s->in, s->hidden);
        ffn.outer = linear_at(&arena, &at, s->hidden, s->in);
        feed_forward(&ffn, inputs, s->n, hidden, y, NULL);
        Gradients g = {inputs, d};
        feed_forward_backward(&ffn, inputs, hidden, dy, s->n, &g, d_hidden, before, d);
        assert_gradient("feed-forward", ffn_loss, s, inputs, n, d);
        arena_free(&arena);
    }
}

static const int ids[] = {3, 1, 3, 0, 3};  // one is used three times, one never

static double embedding_loss(const double *inputs, const void *shape) {
    const Shape *s = shape;
    double x[512];
    for (size_t r = 0; r < s->n; r++)
        for (size_t i = 0; i < s->in; i++)
            x[r * s->in + i] = inputs[(size_t)ids[r] * s->in + i] * (double)sqrtf((float)s->in);
    return weigh(x, s->n * s->in);
}

static void of_the_embedding(void **state) {
    (void)state;
    static const Shape shapes[] = {{.n = 5, .m = 4, .in = 6}, {.n = 2, .m = 5, .in = 1}};
    for (const Shape *s = shapes; s < shapes + 2; s++) {
        Arena arena = {0};
        size_t n = s->m * s->in;
        float *table = floats_random(&arena, n, 1.0F, 5), *d = floats_filled(&arena, n, 0.0F);
        Embedding emb = {.d = s->in, .scale = sqrtf((float)s->in)};
        embedding_backward(&emb, ids, weights_of_output(&arena, s->n * s->in), s->n, d);
        assert_gradient("embedding", embedding_loss, s, table, n, d);
        assert_floats_near(d + 2 * s->in, (float[6]){0}, s->in, 0.0F, "a token that was not used");
        arena_free(&arena);
    }
}

static const int wanted[] = {2, 0, 1, 2};
static float smoothing;

static double entropy_loss(const double *inputs, const void *shape) {
    const Shape *s = shape;
    double p[512], loss = 0.0, others = (double)smoothing / (double)s->m;
    memcpy(p, inputs, s->n * s->m * sizeof *p);
    for (size_t r = 0; r < s->n; r++) {
        softmax(p + r * s->m, s->m);
        for (size_t j = 0; j < s->m; j++) {
            double q = others + ((int)j == wanted[r] ? 1.0 - (double)smoothing : 0.0);
            loss -= q * log(p[r * s->m + j]) / 9.0;
        }
    }
    return loss;
}

static void of_the_loss(void **state) {
    (void)state;
    static const Shape shapes[] = {{.n = 1, .m = 3}, {.n = 4, .m = 5}, {.n = 4, .m = 41}};
    static const float smoothings[] = {0.0F, 0.1F, 0.25F};
    for (size_t k = 0; k < 3; k++) {
        Arena arena = {0};
        const Shape *s = &shapes[k];
        size_t n = s->n * s->m;
        float *x = floats_random(&arena, n, 4.0F, 6), *logits = floats_filled(&arena, n, 0.0F);
        double at[512];
        memcpy(logits, x, n * sizeof *x);
        for (size_t i = 0; i < n; i++) at[i] = (double)x[i];
        smoothing = smoothings[k];
        float loss = (float)cross_entropy_backward(logits, wanted, s->n, s->m, smoothing, 9);
        float expected = (float)entropy_loss(at, s);
        assert_floats_near(&loss, &expected, 1, 1e-5F, "the loss");
        assert_gradient("cross-entropy", entropy_loss, s, x, n, logits);
        arena_free(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_linear_layer),
        cmocka_unit_test(gradients_are_added),
        cmocka_unit_test(of_softmax),
        cmocka_unit_test(of_add_and_norm),
        cmocka_unit_test(of_the_feed_forward_layer),
        cmocka_unit_test(of_the_embedding),
        cmocka_unit_test(of_the_loss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
