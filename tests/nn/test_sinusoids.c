/* The dialects of the sinusoids, and the zero vector that Marian's decoder starts from. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "layers.h"

#include "nn/embedding.h"

enum { D = 10, N = 7, FIRST = 40 };

static void expect(Sinusoids dialect, double K) {
    const Embedding emb = {.d = D, .max_positions = 50, .sinusoids = dialect};
    float got[N * D];
    embedding_positions(&emb, FIRST, N, got);
    for (size_t p = 0; p < N; p++)
        for (size_t k = 0; k < D / 2; k++) {
            double angle = (double)(FIRST + p) / pow(10000.0, (double)k / K);
            assert_true(fabs((double)got[p * D + k] - sin(angle)) < 1e-6);
            assert_true(fabs((double)got[p * D + D / 2 + k] - cos(angle)) < 1e-6);
        }
}

static void dialects_differ_in_the_slowest_frequency(void **state) {
    (void)state;
    expect(SINUSOIDS_PAPER, 5.0);
    expect(SINUSOIDS_TENSOR2TENSOR, 4.0);
}

static void no_token_is_the_zero_vector(void **state) {
    (void)state;
    static const float tokens[2 * D] = {1.0F, 2.0F, 3.0F, [D] = 4.0F, -5.0F};
    static const float position[D] = {0.5F, 0.25F};
    Arena arena = {0};
    const Embedding emb = {
        .d = D, .max_positions = 50, .tokens = weights_of(&arena, tokens, 2, D), .scale = 2.0F};
    float x[D];
    embedding_token(&emb, -1, position, x);
    assert_memory_equal(x, position, sizeof x);
    embedding_token(&emb, 1, position, x);
    assert_true(x[0] == 8.5F && x[1] == -9.75F && x[2] == 0.0F);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dialects_differ_in_the_slowest_frequency),
        cmocka_unit_test(no_token_is_the_zero_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
