/* Every kernel that this processor runs against the loop that defines it, and against itself: a row
   alone and among others, to the last bit. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "nn/kernels/kernels.h"
#include "nn/ops.h"

/* n_in, n_out: below, at and above the lanes and steps of every kernel, and the shapes of models. */
static const size_t shapes[][2] = {
    {1, 1},  {3, 2},  {4, 4},  {7, 5},   {8, 3},   {15, 9},   {16, 16},  {17, 13},   {31, 6},
    {33, 7}, {63, 4}, {64, 5}, {65, 11}, {100, 3}, {129, 10}, {256, 37}, {1024, 21}, {257, 300}};
enum { N_SHAPES = sizeof shapes / sizeof shapes[0], MOST_ROWS = 70 };

/* ---- dense ---- */

/* The half-precision number nearest to a float of moderate size, by rounding its fraction off. */
static uint16_t to_half(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t sign = bits >> 16 & 0x8000, magnitude = (bits & 0x7FFFFFFF) + 0x1000;
    if (magnitude < 0x38800000) return (uint16_t)sign;  // below the normal numbers: zero will do
    return (uint16_t)(sign | (magnitude - 0x38000000) >> 13);
}

/* A layer of random weights of one type, and its weights as floats beside them. */
typedef struct {
    Linear linear;
    const float *weight;  // [n_out][n_in]
} Layer;

static Weights packed(const StoredWeights *stored, size_t n_rows, size_t n_cols, Arena *arena) {
    Error err = {0};
    Weights weights;
    assert_true(weights_pack(stored, n_rows, n_cols, XATTN_AS_STORED, &weights, arena, &err));
    return weights;
}

static Layer random_layer(WeightType type, size_t n_in, size_t n_out, Arena *arena) {
    Error err = {0};
    size_t n = n_in * n_out;
    float *weight = floats_random(arena, n, 1.0F, (unsigned)n);
    StoredWeights stored = {.type = STORED_F32, .data = weight};
    if (type == WEIGHTS_F16) {
        uint16_t *halves = arena_array(arena, n, sizeof *halves, "a fixture", &err);
        for (size_t i = 0; i < n; i++) halves[i] = to_half(weight[i]);
        weights_widen_f16(halves, n, weight);
        stored = (StoredWeights){.type = STORED_F16, .data = halves};
    }
    const float *bias = floats_random(arena, n_out, 1.0F, 3);
    return (Layer){{n_in, n_out, packed(&stored, n_out, n_in, arena), bias}, weight};
}

/* What kernels make of a layer: y or, if that is NULL, the best. */
static void multiply(const Kernels *k, const Linear *linear, const float *x, size_t n, float *y,
                     Best *best) {
    const Product product = {n, linear->n_in, linear->n_out, x, &linear->weight, linear->bias,
                             y, best};
    if (linear->weight.type == WEIGHTS_INT8)
        k->int8->multiply(&product);
    else
        k->dense(&product);
}

/* y; NAN where they write nothing. */
static void run(const Kernels *k, const Linear *linear, const float *x, size_t n, float *y) {
    for (size_t i = 0; i < n * linear->n_out; i++) y[i] = NAN;
    multiply(k, linear, x, n, y, NULL);
}

static void plain(const Layer *layer, const float *x, size_t n, float *y) {
    const Linear *l = &layer->linear;
    for (size_t r = 0; r < n; r++)
        for (size_t o = 0; o < l->n_out; o++) {
            double sum = (double)l->bias[o];
            for (size_t k = 0; k < l->n_in; k++)
                sum += (double)x[r * l->n_in + k] * (double)layer->weight[o * l->n_in + k];
            y[r * l->n_out + o] = (float)sum;
        }
}

enum { MORE_THAN_A_TILE = 27 };

static void check_dense(const Kernels *kernels, WeightType type, size_t n_in, size_t n_out) {
    Arena arena = {0};
    const size_t most = MORE_THAN_A_TILE;
    Layer layer = random_layer(type, n_in, n_out, &arena);
    const float *x = floats_random(&arena, most * n_in, 1.0F, 5);
    float *y = floats_filled(&arena, most * n_out, 0),
          *expected = floats_filled(&arena, most * n_out, 0);
    char what[96];
    snprintf(what, sizeof what, "%s, %s, %zu to %zu", kernels->name, weights_type_name(type), n_in,
             n_out);
    plain(&layer, x, most, expected);
    for (size_t n = 1; n <= most; n++) {
        run(kernels, &layer.linear, x, n, y);
        assert_floats_near(y, expected, n * n_out, 1e-6F * (4.0F + (float)n_in / 8.0F), what);
    }
    arena_free(&arena);
}

static void dense_kernels_equal_the_plain_loop(void **state) {
    (void)state;
    for (const Kernels *const *k = all_kernels; *k; k++)
        for (size_t i = 0; (*k)->is_supported() && i < N_SHAPES; i++) {
            check_dense(*k, WEIGHTS_F32, shapes[i][0], shapes[i][1]);
            check_dense(*k, WEIGHTS_F16, shapes[i][0], shapes[i][1]);
        }
}

/* Rows 0 … n - 1 of a product of n rows are those of the product of all, bit by bit; and so is an
   output that is computed among others than its neighbours. */
static void check_rows(const Kernels *kernels, WeightType type, size_t n_in, size_t n_out) {
    Arena arena = {0};
    Error err = {0};
    Layer layer = random_layer(type, n_in, n_out, &arena);
    const float *x = floats_random(&arena, MOST_ROWS * n_in, 1.0F, 5);
    float *all = floats_filled(&arena, MOST_ROWS * n_out, 0),
          *some = floats_filled(&arena, MOST_ROWS * n_out, 0);
    run(kernels, &layer.linear, x, MOST_ROWS, all);
    for (size_t n = 1; n < MOST_ROWS; n++) {
        run(kernels, &layer.linear, x, n, some);
        assert_memory_equal(some, all, n * n_out * sizeof *some);
        run(kernels, &layer.linear, x + n * n_in, 1, some);
        assert_memory_equal(some, all + n * n_out, n_out * sizeof *some);
    }
    Linear chosen;
    int outputs[] = {(int)n_out - 1, 0, (int)n_out / 2};
    assert_true(linear_select(&layer.linear, outputs, 3, &chosen, &arena, &err));
    run(kernels, &chosen, x, 1, some);
    for (size_t i = 0; i < 3; i++) assert_memory_equal(some + i, all + outputs[i], sizeof *some);
    arena_free(&arena);
}

static void a_row_does_not_depend_on_the_rows_beside_it(void **state) {
    (void)state;
    for (const Kernels *const *k = all_kernels; *k; k++)
        for (size_t i = 0; (*k)->is_supported() && i < 4; i++) {
            static const size_t some[][2] = {{37, 6}, {64, 16}, {256, 19}, {33, 90}};
            check_rows(*k, WEIGHTS_F32, some[i][0], some[i][1]);
            check_rows(*k, WEIGHTS_F16, some[i][0], some[i][1]);
        }
}

/* Kernels that multiply and add in one rounding agree to the last bit, for their order is the same: each
   with fmaf, term by term. The portable one and WebAssembly's round twice. */
static void dense_kernels_add_in_order(void **state) {
    (void)state;
    Arena arena = {0};
    enum { IN = 100, OUT = 37, N = 13 };
    for (int type = WEIGHTS_F32; type <= WEIGHTS_F16; type++) {
        Layer layer = random_layer((WeightType)type, IN, OUT, &arena);
        const float *x = floats_random(&arena, N * IN, 1.0F, 5);
        float *y = floats_filled(&arena, N * OUT, 0), *once = floats_filled(&arena, N * OUT, 0),
              *twice = floats_filled(&arena, N * OUT, 0);
        for (size_t i = 0; i < N * OUT; i++) {
            const float *row = x + i / OUT * IN, *weight = layer.weight + i % OUT * IN;
            for (size_t k = 0; k < IN; k++) {
                once[i] = fmaf(row[k], weight[k], once[i]);
                twice[i] += row[k] * weight[k];
            }
            once[i] += layer.linear.bias[i % OUT];
            twice[i] += layer.linear.bias[i % OUT];
        }
        for (const Kernels *const *k = all_kernels; *k; k++) {
            if (!(*k)->is_supported()) continue;
            bool rounds_twice =
                strcmp((*k)->name, "portable") == 0 || strcmp((*k)->name, "wasm") == 0;
            run(*k, &layer.linear, x, N, y);
            assert_memory_equal(y, rounds_twice ? twice : once, N * OUT * sizeof *y);
        }
    }
    arena_free(&arena);
}

/* A layer with one output and nothing but one weight, the same as a float and in half precision; the
   product of it with ones. */
static float one_weight(const Kernels *kernels, size_t n_in, size_t at, float value, int half) {
    Arena arena = {0};
    float *weight = floats_filled(&arena, n_in, 0.0F), *ones = floats_filled(&arena, n_in, 1.0F), y;
    uint16_t halves[64] = {0};
    weight[at] = value, halves[at] = (uint16_t)half;
    const StoredWeights stored = {.type = half ? STORED_F16 : STORED_F32,
                                  .data = half ? (const void *)halves : weight};
    const float bias[1] = {0.0F};
    const Linear linear = {n_in, 1, packed(&stored, 1, n_in, &arena), bias};
    run(kernels, &linear, ones, 1, &y);
    arena_free(&arena);
    return y;
}

/* Infinities and NaN in weights of either type, wherever they stand, arrive; subnormal numbers are
   not taken for zero. */
static void dense_kernels_keep_special_numbers(void **state) {
    (void)state;
    enum { N = 21 };
    for (const Kernels *const *k = all_kernels; *k; k++)
        for (size_t at = 0; (*k)->is_supported() && at < N; at++) {
            assert_true(one_weight(*k, N, at, INFINITY, 0) == INFINITY);
            assert_true(one_weight(*k, N, at, 0.0F, 0xFC00) == -INFINITY);
            assert_true(isnan(one_weight(*k, N, at, NAN, 0)));
            assert_true(isnan(one_weight(*k, N, at, 0.0F, 0x7E01)));
            assert_true(one_weight(*k, N, at, FLT_MIN / 8, 0) == FLT_MIN / 8);
            assert_true(one_weight(*k, N, at, 0.0F, 0x0001) == 0x1p-24F);
        }
}

/* ---- int8 ---- */

/* Random bytes, with many at the ends of the range. */
static int8_t *random_bytes(Arena *arena, size_t n, int least, unsigned seed) {
    Error err = {0};
    int8_t *bytes = arena_array(arena, n, 1, "a fixture", &err);
    const float *random = floats_random(arena, n, 200.0F, seed);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (int8_t)fmaxf((float)least, fminf(127.0F, roundf(random[i])));
    return bytes;
}

static Linear int8_layer(const int8_t *weight, const float *scales, const float *bias, size_t n_in,
                         size_t n_out, Arena *arena) {
    const StoredWeights stored = {.type = STORED_INT8, .data = weight, .scales = scales};
    return (Linear){n_in, n_out, packed(&stored, n_out, n_in, arena), bias};
}

/* The fours of a row, whose products may be added in 16 bits: 0, 1, 4 and 5 of eight, and the others. */
static size_t four_of(size_t k) { return k / 8 * 2 + (k & 2) / 2; }

/* What a test multiplies. */
typedef struct {
    float
        fill;  // every x, or 0 for random ones; with a fill, and if reach is 0, all weights are -128
    int reach;         // the sum of every four, with a random sign each; 0: random weights
    bool is_positive;  // no x is below 0
} Case;

/* Weights whose fours have the sum `reach` or -reach: in one number as far as it goes, or in all. */
static void fill_fours(int8_t *weight, size_t n_in, size_t n_out, int reach) {
    for (size_t i = 0; i < n_in * n_out; i++) {
        size_t k = i % n_in, four = four_of(k), place = k % 2 + (k & 4) / 2;
        bool is_negative = (i / n_in + four * 7) % 3 == 0, is_even = (four + i / n_in) % 2 == 0;
        int most = is_negative ? 128 : 127, left = reach - (int)place * most;
        int largest = left < 0 ? 0 : left > most ? most : left;
        int value = is_even ? (reach + (int)place) / 4 : largest;
        weight[i] = (int8_t)(is_negative ? -value : value);
    }
}

static void check_sums(const Kernels *kernels, const int8_t *weight, const float *x, size_t n,
                       size_t n_in, size_t n_out, const float *y) {
    for (size_t r = 0; r < n; r++)
        for (size_t o = 0; o < n_out; o++) {
            int64_t sum = 0;
            for (size_t k = 0; k < n_in; k++)
                sum += (int64_t)x[r * n_in + k] * weight[o * n_in + k];
            if (y[r * n_out + o] != (float)sum)
                fail_msg("%s, %zu to %zu, row %zu of %zu, output %zu: %g, expected %lld",
                         kernels->name, n_in, n_out, r, n, o, (double)y[r * n_out + o],
                         (long long)sum);
        }
}

/* A layer whose scales are 1 and whose rows of x have 127 as their largest number: y is exactly the
   sum, as long as a float holds it. */
static void check_int8(const Kernels *kernels, size_t n_in, size_t n_out, Case c) {
    Arena arena = {0};
    enum { N = 14 };
    const int8_t *bytes = random_bytes(&arena, N * n_in, -127, 1);
    int8_t *weight = random_bytes(&arena, n_in * n_out, -128, 2);  // files may hold a -128
    if (c.reach)
        fill_fours(weight, n_in, n_out, c.reach);
    else if (c.fill != 0.0F)
        memset(weight, -128, n_in * n_out);
    float *x = floats_filled(&arena, N * n_in, c.fill), *y = floats_filled(&arena, N * n_out, 0.0F);
    for (size_t i = 0; c.fill == 0.0F && i < N * n_in; i++)
        x[i] = (float)(c.is_positive ? abs(bytes[i]) : bytes[i]);
    for (size_t r = 0; r < N; r++) x[r * n_in + r % n_in] = 127.0F;
    const float *ones = floats_filled(&arena, n_out, 1.0F), *bias = floats_filled(&arena, n_out, 0);
    const Linear layer = int8_layer(weight, ones, bias, n_in, n_out, &arena);
    if (c.reach && n_in >= 8) assert_int_equal(layer.weight.reach, c.reach);
    for (size_t n = 1; n <= N; n++) {
        run(kernels, &layer, x, n, y);
        check_sums(kernels, weight, x, n, n_in, n_out, y);
    }
    arena_free(&arena);
}

/* Random numbers, and the largest sums: of all (65536 products of 127 and -128), and of the fours, on
   both sides of what 16 bits hold. */
static void int8_kernels_are_exact(void **state) {
    (void)state;
    static const Case cases[] = {
        {0.0F, 0, false},   {0.0F, 0, true},       {127.0F, 0, false},    {-127.0F, 0, false},
        {0.0F, 129, false}, {0.0F, 129, true},     {127.0F, 129, false},  {-127.0F, 129, false},
        {0.0F, 130, false}, {-127.0F, 130, false}, {127.0F, 258, false},  {-127.0F, 258, false},
        {0.0F, 258, true},  {127.0F, 259, false},  {-127.0F, 259, false}, {127.0F, 508, false}};
    for (const Kernels *const *k = all_kernels; *k; k++) {
        if (!(*k)->is_supported()) continue;
        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            for (size_t i = 0; i < N_SHAPES; i++)
                check_int8(*k, shapes[i][0], shapes[i][1], cases[c]);
            if (c < 6) check_int8(*k, INT8_MAX_IN, 5, cases[c]);
        }
    }
}

/* Every kernel finds the same sum and the same reach, those of a plain loop. */
static void int8_kernels_measure_weights(void **state) {
    (void)state;
    Arena arena = {0};
    enum { MOST = 200 };
    int8_t *row = random_bytes(&arena, MOST, -128, 9);
    for (size_t n = 8; n <= MOST; n += 8, row[n / 2] = (int8_t)-row[n / 2]) {
        int32_t sum = 0, reach = 0;
        for (size_t four = 0; four < n / 4; four++) {
            int32_t up = 0, down = 0;
            for (size_t k = 0; k < n; k++)
                if (four_of(k) == four) *(row[k] > 0 ? &up : &down) += row[k];
            sum += up + down;
            reach = up > reach ? up : reach;
            reach = -down > reach ? -down : reach;
        }
        for (const Kernels *const *k = all_kernels; *k; k++) {
            int32_t found = -1;
            if (!(*k)->is_supported()) continue;
            assert_int_equal((*k)->int8->measure(row, n, &found), sum);
            assert_int_equal(found, reach);
        }
    }
    arena_free(&arena);
}

/* Weights that are rounded here have a reach of at most 129, however they are distributed. */
static void rounded_weights_have_a_small_reach(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    enum { IN = 72, OUT = 33 };
    for (unsigned power = 0; power < 6; power++) {
        float *weight = floats_random(&arena, IN * OUT, 1.0F, power);
        for (size_t i = 0; i < IN * OUT; i++) weight[i] = powf(fabsf(weight[i]), (float)power);
        const StoredWeights stored = {.type = STORED_F32, .data = weight};
        Weights packed;
        assert_true(weights_pack(&stored, OUT, IN, XATTN_INT8, &packed, &arena, &err));
        if (packed.reach > INT8_OWN_REACH || packed.reach < 120)
            fail_msg("power %u: the reach is %d", power, (int)packed.reach);
    }
    arena_free(&arena);
}

/* Whole layers, with their scales: all kernels give the same bits, a row alone and among others. */
static void int8_layers_are_the_same_on_every_kernel(void **state) {
    (void)state;
    Arena arena = {0};
    enum { IN = 100, OUT = 531 };
    const float *x = floats_random(&arena, MOST_ROWS * IN, 3.0F, 1);
    const float *scales = floats_random(&arena, OUT, 0.01F, 3),
                *bias = floats_random(&arena, OUT, 1, 4);
    const Linear layer =
        int8_layer(random_bytes(&arena, IN * OUT, -128, 2), scales, bias, IN, OUT, &arena);
    float *expected = floats_filled(&arena, MOST_ROWS * OUT, 0),
          *y = floats_filled(&arena, MOST_ROWS * OUT, 0);
    const Kernels *const *last = all_kernels;
    while (last[1]) last++;
    run(*last, &layer, x, MOST_ROWS, expected);
    for (const Kernels *const *k = all_kernels; *k; k++)
        for (size_t n = 1; (*k)->is_supported() && n <= MOST_ROWS; n++) {
            run(*k, &layer, x, n, y);
            assert_memory_equal(y, expected, n * OUT * sizeof *y);
        }
    arena_free(&arena);
}

/* Within half a step of either factor's rounding, added up as if all went one way. */
static void int8_layers_are_near_the_floats(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    enum { N = 5, IN = 256, OUT = 40 };
    for (int type = WEIGHTS_F32; type <= WEIGHTS_F16; type++) {
        Layer layer = random_layer((WeightType)type, IN, OUT, &arena);
        const float *x = floats_random(&arena, N * IN, 2.0F, 5);
        float *y = floats_filled(&arena, N * OUT, 0), *expected = floats_filled(&arena, N * OUT, 0);
        plain(&layer, x, N, expected);
        const StoredWeights stored = {.type = STORED_F32, .data = layer.weight};
        assert_true(weights_pack(&stored, OUT, IN, XATTN_INT8, &layer.linear.weight, &arena, &err));
        assert_int_equal(layer.linear.weight.type, WEIGHTS_INT8);
        linear_forward(&layer.linear, x, N, y);
        assert_floats_near(y, expected, N * OUT, 0.6F, "int8");
        double error = 0.0, size = 0.0;
        for (size_t i = 0; i < N * OUT; i++) {
            error += ((double)y[i] - (double)expected[i]) * ((double)y[i] - (double)expected[i]);
            size += (double)expected[i] * (double)expected[i];
        }
        assert_true(sqrt(error / size) < 0.02);
    }
    arena_free(&arena);
}

/* Halves to even. */
static void rounding_is_to_the_nearest_step(void **state) {
    (void)state;
    int8_t q[8];
    const float exact[] = {127.0F, 0.5F, 1.5F, 2.5F, -0.5F, -3.5F, 126.5F, -126.5F};
    const int8_t even[] = {127, 0, 2, 2, 0, -4, 126, -126};
    assert_true(kernels()->int8->round(exact, 8, 0.0F, q) == 1.0F);
    assert_memory_equal(q, even, 8);
}

/* What is not a number, or too large to be one, must show in everything that it reaches. */
static void rounding_of_special_numbers(void **state) {
    (void)state;
    int8_t q[4];
    const int8_t zeros[4] = {0};
    static const float bad[] = {NAN, -NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 4; i++) {
        float x[4] = {1.0F, 2.0F, bad[i], 3.0F};
        assert_true(isnan(kernels()->int8->round(x, 4, 0.0F, q)));
        assert_memory_equal(q, zeros, 4);
    }
    const float tiny[4] = {FLT_MIN, -FLT_MIN / 4, 0.0F, 1e-31F};
    assert_true(kernels()->int8->round(tiny, 4, 0.0F, q) == 0.0F);
    assert_memory_equal(q, zeros, 4);
    const float huge[4] = {FLT_MAX, -FLT_MAX, FLT_MAX / 2, 0.0F};
    const int8_t expected[4] = {127, -127, 64, 0};
    assert_true(isfinite(kernels()->int8->round(huge, 4, 0.0F, q)));
    assert_memory_equal(q, expected, 4);
}

static void int8_layers_show_damage(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    enum { IN = 20, OUT = 3 };
    float *weight = floats_random(&arena, IN * OUT, 1.0F, 3);
    weight[1 * IN + 7] = INFINITY;
    const StoredWeights stored = {.type = STORED_F32, .data = weight};
    Layer layer = {{IN, OUT, {0}, floats_filled(&arena, OUT, 0.5F)}, weight};
    assert_true(weights_pack(&stored, OUT, IN, XATTN_INT8, &layer.linear.weight, &arena, &err));
    float *x = floats_random(&arena, 2 * IN, 1.0F, 5), y[2 * OUT];
    linear_forward(&layer.linear, x, 2, y);
    for (int i = 0; i < 2 * OUT; i++) assert_true(isnan(y[i]) == (i % OUT == 1));
    x[3] = NAN;
    linear_forward(&layer.linear, x, 2, y);
    for (int i = 0; i < OUT; i++) assert_true(isnan(y[i]) && isnan(y[OUT + i]) == (i == 1));
    arena_free(&arena);
}

/* ---- the largest output ---- */

/* Of any type of weights, with the rows of the second half again those of the first, so that the largest
   is there twice. */
static Linear twofold_layer(WeightType type, size_t n_in, size_t n_out, Arena *arena) {
    Error err = {0};
    Layer once = random_layer(type == WEIGHTS_INT8 ? WEIGHTS_F32 : type, n_in, n_out, arena);
    float *weight = floats_filled(arena, n_in * n_out, 0.0F),
          *bias = floats_filled(arena, n_out, 0);
    size_t half = (n_out + 1) / 2;
    for (size_t o = 0; o < n_out; o++) {
        memcpy(weight + o * n_in, once.weight + o % half * n_in, n_in * sizeof *weight);
        bias[o] = once.linear.bias[o % half] - 3.0F;  // below 0, where what is no output would be
    }
    const StoredWeights stored = {.type = STORED_F32, .data = weight};
    Linear twice = {.n_in = n_in, .n_out = n_out, .bias = bias};
    Precision precision = type == WEIGHTS_INT8 ? XATTN_INT8 : XATTN_AS_STORED;
    assert_true(weights_pack(&stored, n_out, n_in, precision, &twice.weight, arena, &err));
    return type == WEIGHTS_F16 ? once.linear : twice;
}

static void check_best(const Kernels *kernels, WeightType type, size_t n_in, size_t n_out) {
    Arena arena = {0};
    const Linear layer = twofold_layer(type, n_in, n_out, &arena);
    float *x = floats_random(&arena, MOST_ROWS * n_in, 0.1F, 5),
          *y = floats_filled(&arena, MOST_ROWS * n_out, 0.0F);
    static const size_t rows[] = {1, 2, 5, 16, MOST_ROWS};
    Best best[MOST_ROWS];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run(kernels, &layer, x, rows[i], y);
        multiply(kernels, &layer, x, rows[i], NULL, best);
        for (size_t r = 0; r < rows[i]; r++) {
            size_t expected = 0;
            for (size_t o = 0; o < n_out; o++)
                if (y[r * n_out + o] > y[r * n_out + expected]) expected = o;
            if (!best[r].is_finite || best[r].output != expected)
                fail_msg("%s, %s, %zu to %zu, row %zu of %zu: output %zu, expected %zu",
                         kernels->name, weights_type_name(type), n_in, n_out, r, rows[i],
                         best[r].output, expected);
        }
    }
    arena_free(&arena);
}

static void the_best_is_the_first_of_the_largest(void **state) {
    (void)state;
    for (const Kernels *const *k = all_kernels; *k; k++)
        for (size_t i = 0; (*k)->is_supported() && i < N_SHAPES; i++)
            for (int type = WEIGHTS_F32; type <= WEIGHTS_INT8; type++)
                check_best(*k, (WeightType)type, shapes[i][0], shapes[i][1]);
}

/* Wherever an infinity or a NaN stands, its row shows it and the others do not. */
static void the_best_shows_damage(void **state) {
    (void)state;
    enum { IN = 20, OUT = 37, N = 14 };
    const float damages[] = {NAN, INFINITY, -INFINITY};
    for (const Kernels *const *k = all_kernels; *k; k++)
        for (size_t at = 0; (*k)->is_supported() && at < 3 * N * (WEIGHTS_INT8 + 1); at++) {
            Arena arena = {0};
            size_t row = at % N;
            Linear layer = twofold_layer((WeightType)(at / (3 * N)), IN, OUT, &arena);
            float *x = floats_random(&arena, N * IN, 1.0F, 5),
                  *bias = floats_filled(&arena, OUT, 0);
            Best best[N];
            x[row * IN + at % IN] = damages[at / N % 3];
            multiply(*k, &layer, x, N, NULL, best);
            for (size_t r = 0; r < N; r++) assert_int_equal(best[r].is_finite, r != row);
            layer.bias = bias;
            bias[at % OUT] = damages[at / N % 3];
            x[row * IN + at % IN] = 1.0F;
            multiply(*k, &layer, x, N, NULL, best);
            for (size_t r = 0; r < N; r++) assert_false(best[r].is_finite);
            arena_free(&arena);
        }
}

static void the_chosen_kernels_are_supported(void **state) {
    (void)state;
    assert_true(kernels()->is_supported() && kernels() == kernels());
    for (const Kernels *const *k = all_kernels; *k; k++)
        printf("# %s: %s\n", (*k)->name, (*k)->is_supported() ? "tested" : "not on this CPU");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_kernels_equal_the_plain_loop),
        cmocka_unit_test(a_row_does_not_depend_on_the_rows_beside_it),
        cmocka_unit_test(dense_kernels_add_in_order),
        cmocka_unit_test(dense_kernels_keep_special_numbers),
        cmocka_unit_test(int8_kernels_are_exact),
        cmocka_unit_test(int8_kernels_measure_weights),
        cmocka_unit_test(rounded_weights_have_a_small_reach),
        cmocka_unit_test(int8_layers_are_the_same_on_every_kernel),
        cmocka_unit_test(int8_layers_are_near_the_floats),
        cmocka_unit_test(rounding_is_to_the_nearest_step),
        cmocka_unit_test(rounding_of_special_numbers),
        cmocka_unit_test(int8_layers_show_damage),
        cmocka_unit_test(the_best_is_the_first_of_the_largest),
        cmocka_unit_test(the_best_shows_damage),
        cmocka_unit_test(the_chosen_kernels_are_supported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
