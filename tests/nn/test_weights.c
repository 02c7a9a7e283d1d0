/* Packing: what goes in row by row comes out row by row, of every stored type and whatever it becomes. */
#include "nn/weights.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "layers.h"

/* Rows and columns: below, at and above a panel and a cell. */
static const size_t shapes[][2] = {{1, 1},  {2, 3},  {15, 4},  {16, 16}, {17, 5},
                                   {31, 8}, {33, 1}, {48, 67}, {100, 30}};
enum { N_SHAPES = sizeof shapes / sizeof shapes[0], MOST = 48 * 67 };

/* Every stored type of one matrix: small whole numbers over 8, which all of them hold exactly. */
typedef struct {
    float floats[MOST], turned[MOST], scales[MOST];
    uint16_t halves[MOST], turned_halves[MOST], bfloats[MOST];
    int8_t bytes[MOST];
} Matrix;

/* The half-precision number that is `value` eighths. */
static uint16_t half_of(int value) {
    unsigned sign = value < 0 ? 0x8000 : 0, magnitude = (unsigned)(value < 0 ? -value : value);
    if (!magnitude) return (uint16_t)sign;
    unsigned exponent = 0;
    while (magnitude >> (exponent + 1)) exponent++;
    unsigned fraction = (magnitude << (10 - exponent)) & 0x3FF;
    return (uint16_t)(sign | (exponent + 15 - 3) << 10 | fraction);
}

static void fill(Matrix *m, size_t n_rows, size_t n_cols) {
    for (size_t row = 0; row < n_rows; row++) {
        m->scales[row] = 0.125F;
        for (size_t col = 0; col < n_cols; col++) {
            size_t i = row * n_cols + col;
            int value = (int)((i * 2654435761U >> 5) % 256) - 128;
            m->bytes[i] = (int8_t)value;
            m->floats[i] = m->turned[col * n_rows + row] = (float)value / 8.0F;
            m->halves[i] = m->turned_halves[col * n_rows + row] = half_of(value);
            uint32_t bits;
            memcpy(&bits, &m->floats[i], sizeof bits);
            m->bfloats[i] = (uint16_t)(bits >> 16);
        }
    }
}

static void expect_rows(const Weights *w, const float *expected, size_t n_rows, size_t n_cols,
                        float tolerance) {
    Arena arena = {0};
    assert_floats_near(floats_of(&arena, w, n_rows, n_cols), expected, n_rows * n_cols, tolerance,
                       weights_type_name(w->type));
    arena_free(&arena);
}

static void rows_come_out_as_they_went_in(void **state) {
    (void)state;
    static Matrix m;
    for (size_t s = 0; s < N_SHAPES; s++) {
        size_t n_rows = shapes[s][0], n_cols = shapes[s][1];
        fill(&m, n_rows, n_cols);
        const StoredWeights all[] = {
            {STORED_F32, m.floats, NULL, false},   {STORED_F32, m.turned, NULL, true},
            {STORED_F16, m.halves, NULL, false},   {STORED_F16, m.turned_halves, NULL, true},
            {STORED_BF16, m.bfloats, NULL, false}, {STORED_INT8, m.bytes, m.scales, false}};
        static const WeightType types[] = {WEIGHTS_F32, WEIGHTS_F32, WEIGHTS_F16,
                                           WEIGHTS_F16, WEIGHTS_F32, WEIGHTS_INT8};
        for (size_t t = 0; t < 6; t++) {
            Arena arena = {0};
            Error err = {0};
            Weights w;
            assert_true(weights_pack(&all[t], n_rows, n_cols, XATTN_AS_STORED, &w, &arena, &err));
            assert_int_equal(w.type, types[t]);
            expect_rows(&w, m.floats, n_rows, n_cols, 0.0F);
            assert_true(weights_pack(&all[t], n_rows, n_cols, XATTN_F32, &w, &arena, &err));
            assert_int_equal(w.type, WEIGHTS_F32);
            expect_rows(&w, m.floats, n_rows, n_cols, 0.0F);
            assert_true(weights_pack(&all[t], n_rows, n_cols, XATTN_INT8, &w, &arena, &err));
            assert_int_equal(w.type, WEIGHTS_INT8);
            // 127 steps are the sum of at most four numbers, and a little more.
            expect_rows(&w, m.floats, n_rows, n_cols, 4.1F * 16.0F / 127.0F / 2.0F);
            arena_free(&arena);
        }
    }
}

/* Files align nothing. */
static void data_may_lie_anywhere(void **state) {
    (void)state;
    static Matrix m;
    static unsigned char moved[1 + sizeof m.floats];
    fill(&m, 17, 5);
    for (int half = 0; half < 2; half++) {
        Arena arena = {0};
        Error err = {0};
        Weights w;
        memcpy(moved + 1, half ? (const void *)m.halves : m.floats,
               sizeof m.halves * (half ? 1 : 2));
        const StoredWeights stored = {half ? STORED_F16 : STORED_F32, moved + 1, NULL, false};
        assert_true(weights_pack(&stored, 17, 5, XATTN_AS_STORED, &w, &arena, &err));
        expect_rows(&w, m.floats, 17, 5, 0.0F);
        arena_free(&arena);
    }
}

/* As bytes, in the order that weights.h draws. */
static void a_panel_is_16_cells_then_the_next_16(void **state) {
    (void)state;
    int8_t numbers[18][5];
    float floats[18][5], scales[18] = {0};
    for (int row = 0; row < 18; row++)
        for (int col = 0; col < 5; col++) {
            numbers[row][col] = (int8_t)(5 * row + col);
            floats[row][col] = (float)(5 * row + col);
        }
    Arena arena = {0};
    Error err = {0};
    Weights w;
    const StoredWeights bytes = {STORED_INT8, numbers, scales, false};
    assert_true(weights_pack(&bytes, 18, 5, XATTN_AS_STORED, &w, &arena, &err));
    const int8_t *q = w.data;
    assert_int_equal(weights_packed_size(WEIGHTS_INT8, 18, 5), 2 * 2 * 16 * 4);
    for (int i = 0; i < 2 * 2 * 16 * 4; i++) {
        int row = i / 128 * 16 + i / 4 % 16, col = i / 64 % 2 * 4 + i % 4;
        assert_int_equal(q[i], row < 18 && col < 5 ? numbers[row][col] : 0);
    }
    const StoredWeights singles = {STORED_F32, floats, NULL, false};
    assert_true(weights_pack(&singles, 18, 5, XATTN_AS_STORED, &w, &arena, &err));
    const float *f = w.data;
    assert_int_equal(weights_packed_size(WEIGHTS_F32, 18, 5), 2 * 5 * 16 * sizeof(float));
    for (int i = 0; i < 2 * 5 * 16; i++) {
        int row = i / 80 * 16 + i % 16, col = i / 16 % 5;
        assert_true(f[i] == (row < 18 ? floats[row][col] : 0.0F));
    }
    arena_free(&arena);
}

static void chosen_rows_are_the_rows(void **state) {
    (void)state;
    static Matrix m;
    fill(&m, 48, 67);
    for (size_t row = 0; row < 48; row++) m.scales[row] = (float)(row + 1);
    const StoredWeights all[] = {{STORED_F32, m.floats, NULL, false},
                                 {STORED_F16, m.halves, NULL, false},
                                 {STORED_INT8, m.bytes, m.scales, false}};
    int rows[20];
    for (int i = 0; i < 20; i++) rows[i] = 47 - 7 * i % 48;
    for (size_t t = 0; t < 3; t++) {
        Arena arena = {0};
        Error err = {0};
        Weights w, chosen;
        assert_true(weights_pack(&all[t], 48, 67, XATTN_AS_STORED, &w, &arena, &err));
        assert_true(weights_select(&w, rows, 20, 67, &chosen, &arena, &err));
        for (size_t i = 0; i < 20; i++) {
            float expected[67], found[67];
            weights_row(&w, (size_t)rows[i], 67, expected);
            weights_row(&chosen, i, 67, found);
            assert_memory_equal(found, expected, sizeof found);
        }
        arena_free(&arena);
    }
}

/* Whatever a row becomes by packing, with numbers that int8 rounds, and with one that is no number. */
static void rows_in_a_file_are_those_of_packing(void **state) {
    (void)state;
    static Matrix m;
    static const Precision precisions[] = {XATTN_AS_STORED, XATTN_F32, XATTN_INT8};
    for (size_t s = 0; s < N_SHAPES; s++) {
        size_t n_rows = shapes[s][0], n_cols = shapes[s][1];
        fill(&m, n_rows, n_cols);
        m.floats[n_rows * n_cols - 1] = NAN;
        for (size_t row = 0; row < n_rows; row++) m.scales[row] = (float)(row + 1);
        const StoredWeights all[] = {{STORED_F32, m.floats, NULL, false},
                                     {STORED_F16, m.halves, NULL, false},
                                     {STORED_BF16, m.bfloats, NULL, false},
                                     {STORED_INT8, m.bytes, m.scales, false}};
        for (size_t t = 0; t < 12; t++) {
            Arena arena = {0};
            Error err = {0};
            Weights packed, in_file = weights_in_file(&all[t / 3], precisions[t % 3]);
            assert_true(weights_pack(&all[t / 3], n_rows, n_cols, precisions[t % 3], &packed,
                                     &arena, &err));
            assert_int_equal(in_file.type, packed.type);
            assert_memory_equal(floats_of(&arena, &in_file, n_rows, n_cols),
                                floats_of(&arena, &packed, n_rows, n_cols),
                                n_rows * n_cols * sizeof(float));
            arena_free(&arena);
        }
    }
}

/* As packing does, and with the sums of magnitudes of what the file has. */
static void rounding_finds_the_norms(void **state) {
    (void)state;
    static Matrix m;
    for (size_t s = 0; s < N_SHAPES; s++) {
        size_t n_rows = shapes[s][0], n_cols = shapes[s][1];
        fill(&m, n_rows, n_cols);
        const StoredWeights all[] = {{STORED_F16, m.halves, NULL, false},
                                     {STORED_F16, m.turned_halves, NULL, true},
                                     {STORED_INT8, m.bytes, m.scales, false}};
        for (size_t t = 0; t < 3; t++) {
            Arena arena = {0};
            Error err = {0};
            Weights packed, rounded;
            float norms[100];
            assert_true(weights_pack(&all[t], n_rows, n_cols, XATTN_INT8, &packed, &arena, &err));
            assert_true(weights_round(&all[t], n_rows, n_cols, &rounded, norms, &arena, &err));
            assert_memory_equal(rounded.data, packed.data,
                                weights_packed_size(WEIGHTS_INT8, n_rows, n_cols));
            assert_memory_equal(rounded.scales, packed.scales, n_rows * sizeof(float));
            assert_memory_equal(rounded.sums, packed.sums, n_rows * sizeof(int32_t));
            assert_int_equal(rounded.reach, packed.reach);
            for (size_t row = 0; row < n_rows; row++) {
                float norm = 0.0F;  // exact: eighths
                for (size_t k = 0; k < n_cols; k++) norm += fabsf(m.floats[row * n_cols + k]);
                assert_true(norms[row] == norm);
            }
            arena_free(&arena);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_out_as_they_went_in),
        cmocka_unit_test(data_may_lie_anywhere),
        cmocka_unit_test(a_panel_is_16_cells_then_the_next_16),
        cmocka_unit_test(chosen_rows_are_the_rows),
        cmocka_unit_test(rows_in_a_file_are_those_of_packing),
        cmocka_unit_test(rounding_finds_the_norms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
