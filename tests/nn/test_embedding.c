/* Token and position embeddings: the dialect of the sinusoids, and stored tables. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "floats.h"
#include "layers.h"
#include "nn/embedding.h"

/* Values of numpy for d = 6: sines first, then cosines, of p, p / 10000^(1/3), p / 10000^(2/3). */
static const float expected[3][6] = {
    {0.0F, 0.0F, 0.0F, 1.0F, 1.0F, 1.0F},
    {0.841470985F, 0.0463992261F, 0.00215443302F, 0.540302306F, 0.998922976F, 0.999997679F},
    {0.909297427F, 0.0926985007F, 0.00430885605F, -0.416146837F, 0.995694224F, 0.999990717F}};

static void positions_are_halves_of_sines_and_cosines(void **state) {
    (void)state;
    Embedding emb = {.d = 6, .max_positions = 100};
    float found[3 * 6];
    embedding_positions(&emb, 0, 3, found);
    assert_floats_near(found, expected[0], 18, 1e-7F, "positions from 0");
    embedding_positions(&emb, 1, 2, found);
    assert_floats_near(found, expected[1], 12, 1e-7F, "positions from 1");
}

static void far_positions_keep_their_digits(void **state) {
    (void)state;
    Embedding emb = {.d = 6, .max_positions = 2000};
    float found[6], far[] = {(float)sin(1999.0), (float)cos(1999.0)};
    embedding_positions(&emb, 1999, 1, found);
    assert_floats_near(&found[0], &far[0], 1, 1e-7F, "sine of the first frequency");
    assert_floats_near(&found[3], &far[1], 1, 1e-7F, "cosine of the first frequency");
}

/* Prepared positions equal computed ones, also in ranges across the end of the prepared part. */
static void prepared_positions_are_the_computed_ones(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    const size_t most[] = {5, 300};
    for (size_t i = 0; i < 2; i++) {
        Embedding emb = {.d = 6, .max_positions = most[i]}, prepared = emb;
        assert_true(embedding_prepare(&prepared, &arena, &err));
        assert_non_null(prepared.near);
        for (size_t first = 0; first < most[i]; first += 3) {
            size_t n = most[i] - first < 70 ? most[i] - first : 70;
            float found[70 * 6], expected_ones[70 * 6];
            embedding_positions(&prepared, first, n, found);
            embedding_positions(&emb, first, n, expected_ones);
            assert_memory_equal(found, expected_ones, n * 6 * sizeof *found);
        }
    }
    arena_free(&arena);
}

static void stored_positions_are_used_as_they_are(void **state) {
    (void)state;
    Arena arena = {0};
    const float *table = floats_random(&arena, 5 * 6, 1.0F, 1);
    Embedding emb = {.d = 6, .max_positions = 5, .positions = table};
    float found[3 * 6];
    embedding_positions(&emb, 2, 3, found);
    assert_floats_near(found, table + 2 * 6, 18, 0.0F, "stored positions");
    arena_free(&arena);
}

static void tokens_are_scaled_and_positions_are_not(void **state) {
    (void)state;
    Arena arena = {0};
    const float *table = floats_random(&arena, 4 * 3, 1.0F, 1),
                *position = floats_random(&arena, 3, 1.0F, 2);
    Embedding emb = {.d = 3, .tokens = weights_of(&arena, table, 4, 3), .scale = 1.75F};
    float found[3], sums[3];
    for (size_t i = 0; i < 3; i++) sums[i] = 1.75F * table[2 * 3 + i] + position[i];
    embedding_token(&emb, 2, position, found);
    assert_floats_near(found, sums, 3, 1e-7F, "a token");
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions_are_halves_of_sines_and_cosines),
        cmocka_unit_test(far_positions_keep_their_digits),
        cmocka_unit_test(prepared_positions_are_the_computed_ones),
        cmocka_unit_test(stored_positions_are_used_as_they_are),
        cmocka_unit_test(tokens_are_scaled_and_positions_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
