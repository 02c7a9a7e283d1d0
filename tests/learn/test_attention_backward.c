/* The gradients of attention, in its three uses, against central differences of the equations, written
   as loops in double precision. The uses differ in the visible positions, and in the source of keys. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "learn/backward.h"
#include "nudge.h"

typedef enum { ENCODER_SELF, DECODER_SELF, CROSS } Use;

/* Two sentences: their queries and what they look at. */
typedef struct {
    Use use;
    size_t d, heads, n[2], m[2];  // m: of cross-attention, else as n
    bool uniform, more;  // scores that count for nothing; a gradient of them from elsewhere
} Shape;

static size_t queries(const Shape *s) { return s->n[0] + s->n[1]; }
static size_t seen(const Shape *s) { return s->use == CROSS ? s->m[0] + s->m[1] : queries(s); }

/* One query row of one head against keys and values [m][d]: adds to context [dh]. */
static double look(const Shape *s, const double *q, const double *k, const double *v, size_t m,
                   size_t first_score, double *context) {
    double p[64], extra = 0.0;
    size_t dh = s->d / s->heads;
    for (size_t j = 0; j < m; j++) {
        p[j] = 0.0;
        for (size_t c = 0; c < dh; c++) p[j] += q[c] * k[j * s->d + c];
        p[j] *= s->uniform ? 0.0 : 1.0 / sqrt((double)dh);
        if (s->more) extra += p[j] * (double)weight_of(first_score + j);
    }
    softmax(p, m);
    for (size_t j = 0; j < m; j++)
        for (size_t c = 0; c < dh; c++) context[c] += p[j] * v[j * s->d + c];
    return extra;
}

/* All heads and rows, in the order in which probabilities lie: span, head, row. */
static double look_all(const Shape *s, const double *q, const double *k, const double *v,
                       double *context) {
    size_t dh = s->d / s->heads, row = 0, key = 0, score = 0;
    double extra = 0.0;
    for (size_t sentence = 0; sentence < 2; sentence++) {
        size_t n = s->n[sentence], m = s->use == CROSS ? s->m[sentence] : n;
        size_t spans = s->use == DECODER_SELF ? n : 1, rows = n / spans;
        for (size_t span = 0; span < spans; span++) {
            size_t sees = s->use == DECODER_SELF ? span + 1 : m;
            for (size_t i = 0; i < s->heads * rows; i++, score += sees) {
                size_t at = (row + span + i % rows) * s->d + i / rows * dh;
                size_t from = key * s->d + i / rows * dh;
                extra += look(s, q + at, k + from, v + from, sees, score, context + at);
            }
        }
        row += n;
        key += m;
    }
    return extra;
}

/* inputs: x [n][d], y [m][d] of cross-attention, then Wq bq Wk bk Wv bv Wo bo */
static double attention_loss(const double *inputs, const void *shape) {
    const Shape *s = shape;
    size_t d = s->d, n = queries(s), m = seen(s);
    const double *y = s->use == CROSS ? inputs + n * d : inputs, *w = y + m * d;
    double q[512], k[512], v[512], context[512] = {0}, out[512];
    w = linear(inputs, w, n, d, d, q);
    w = linear(y, w, m, d, d, k);
    w = linear(y, w, m, d, d, v);
    double extra = look_all(s, q, k, v, context);
    linear(context, w, n, d, d, out);
    return extra + weigh(out, n * d);
}

/* The spans of a use, over the call's keys, values and probabilities. */
static void make_spans(const Shape *s, AttentionCall *call, const Ablation *ablation) {
    size_t row = 0, key = 0;
    float *probs = call->probs;
    for (size_t sentence = 0; sentence < 2; sentence++) {
        size_t n = s->n[sentence], m = s->use == CROSS ? s->m[sentence] : n;
        size_t spans = s->use == DECODER_SELF ? n : 1;
        for (size_t i = 0; i < spans; i++) {
            size_t sees = s->use == DECODER_SELF ? i + 1 : m, rows = n / spans;
            KeyValues kv = {call->keys + key * s->d, call->values + key * s->d, sees};
            call->spans[call->n_spans++] = (Span){row + i, rows, kv, probs, ablation};
            probs += s->heads * rows * sees;
        }
        row += n;
        key += m;
    }
}

static void check(const Shape *s) {
    Arena arena = {0};
    Error err;
    size_t d = s->d, n = queries(s), m = seen(s), scores = s->heads * n * m;
    size_t n_x = n * d + (s->use == CROSS ? m * d : 0), size = n_x + 4 * (d * d + d);
    float *inputs = floats_random(&arena, size, 0.8F, 7), *g = floats_filled(&arena, size, 0.0F);
    size_t y = s->use == CROSS ? n * d : 0;
    const float *at = inputs + n_x;
    Attention att = {.heads = s->heads};
    att.query = linear_at(&arena, &at, d, d);
    att.key = linear_at(&arena, &at, d, d);
    att.value = linear_at(&arena, &at, d, d);
    att.output = linear_at(&arena, &at, d, d);
    float *scratch[6], *out = floats_filled(&arena, n * d, NAN);
    for (size_t i = 0; i < 6; i++) scratch[i] = floats_filled(&arena, (n + m) * d + n * m, NAN);
    Ablation ablation = {.uniform = s->uniform};
    AttentionCall call = {.x = inputs, .y = inputs + y, .n = n, .m = m, .query = scratch[0]};
    call.context = scratch[1];
    call.keys = floats_filled(&arena, m * d, NAN);
    call.values = floats_filled(&arena, m * d, NAN);
    call.probs = floats_filled(&arena, scores, NAN);
    call.spans = arena_array(&arena, n, sizeof *call.spans, "spans", &err);
    make_spans(s, &call, &ablation);
    AttentionScratch forward = {.query = call.query, .context = call.context};
    attention_project(&att, call.y, m, call.keys, call.values, NULL);
    attention_forward(&att, inputs, n, call.spans, call.n_spans, &forward, out, NULL);
    AttentionGradients work = {.query = scratch[2], .context = scratch[3], .keys = scratch[4]};
    work.values = floats_filled(&arena, m * d, NAN);
    work.scores = scratch[5];
    work.more = s->more ? weights_of_output(&arena, scores) : NULL;
    Gradients gradients = {inputs, g};
    attention_backward(&att, &call, weights_of_output(&arena, n * d), &gradients, &work, g, g + y);
    assert_gradient("attention", attention_loss, s, inputs, size, g);
    arena_free(&arena);
}

static void of_encoder_self_attention(void **state) {
    (void)state;
    check(&(Shape){.use = ENCODER_SELF, .d = 6, .heads = 2, .n = {4, 5}});
    check(&(Shape){.use = ENCODER_SELF, .d = 4, .heads = 4, .n = {1, 3}});
}

static void of_decoder_self_attention(void **state) {
    (void)state;
    check(&(Shape){.use = DECODER_SELF, .d = 6, .heads = 3, .n = {5, 2}});
    check(&(Shape){.use = DECODER_SELF, .d = 5, .heads = 1, .n = {1, 4}});
}

static void of_cross_attention(void **state) {
    (void)state;
    check(&(Shape){.use = CROSS, .d = 8, .heads = 2, .n = {3, 4}, .m = {5, 2}});
    check(&(Shape){.use = CROSS, .d = 3, .heads = 3, .n = {1, 1}, .m = {1, 7}});
}

static void with_a_gradient_of_the_scores_from_elsewhere(void **state) {
    (void)state;
    check(&(Shape){.use = CROSS, .d = 6, .heads = 2, .n = {3, 4}, .m = {5, 2}, .more = true});
    check(&(Shape){.use = DECODER_SELF, .d = 6, .heads = 2, .n = {3, 4}, .more = true});
}

static void with_scores_that_count_for_nothing(void **state) {
    (void)state;
    check(&(Shape){.use = CROSS, .d = 6, .heads = 2, .n = {3, 4}, .m = {5, 2}, .uniform = true});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_encoder_self_attention),
        cmocka_unit_test(of_decoder_self_attention),
        cmocka_unit_test(of_cross_attention),
        cmocka_unit_test(with_a_gradient_of_the_scores_from_elsewhere),
        cmocka_unit_test(with_scores_that_count_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
