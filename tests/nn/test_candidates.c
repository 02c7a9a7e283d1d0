/* An output layer cut down to a sentence's candidates gives their logits, and copies what it was told. */
#include "nn/candidates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "layers.h"

enum { D = 5, V = 23, SENTENCES = 2 };

static void logits_are_those_of_the_whole_layer(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    const Linear output = layer_of(&arena, D, V, floats_random(&arena, D * V, 1.0F, 3),
                                   floats_random(&arena, V, 1.0F, 4));
    int few[] = {0, 4, 22}, one[] = {7};
    const Candidates candidates[SENTENCES] = {{few, 3}, {one, 1}};
    Restriction *all = candidates_restrict(&output, candidates, SENTENCES, &arena, &err);
    assert_non_null(all);
    float *x = floats_random(&arena, D, 1.0F, 9), *whole = floats_filled(&arena, V, 0.0F);
    linear_forward(&output, x, 1, whole);
    for (size_t s = 0; s < SENTENCES; s++) {
        size_t n = candidates[s].n;
        float *some = floats_filled(&arena, n, 0.0F);
        linear_forward(&all[s].output, x, 1, some);
        assert_int_equal(all[s].candidates.n, n);
        for (size_t i = 0; i < n; i++)
            assert_floats_near(&some[i], &whole[candidates[s].ids[i]], 1, 1e-6F, "a logit");
    }
    few[1] = 9;  // the list is a copy
    assert_int_equal(all[0].candidates.ids[1], 4);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logits_are_those_of_the_whole_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
