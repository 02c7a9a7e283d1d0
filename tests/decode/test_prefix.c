/* Prefixes that share their beginning: their tokens; and the sanitizers check that none is freed too
   early or too late. */
#include "decode/prefix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static Prefix *extend(Prefix *before, int id, float logprob) {
    Error err = {0};
    Prefix *prefix = prefix_extend(before, id, logprob, &err);
    assert_non_null(prefix);
    return prefix;
}

static void expect_ids(const Prefix *prefix, const int *ids, size_t n) {
    assert_int_equal(prefix->n, n);
    for (; prefix->before; prefix = prefix->before) assert_int_equal(prefix->id, ids[--n]);
    assert_int_equal(n, 0);
}

static void two_share_their_beginning(void **state) {
    (void)state;
    Error err = {0};
    Prefix *start = prefix_start(5, 60, 2, 1, &err);
    Prefix *one = extend(start, 11, -0.25F), *left = extend(one, 12, -0.5F),
           *right = extend(one, 13, -1.0F);
    expect_ids(start, NULL, 0);
    expect_ids(left, (int[]){11, 12}, 2);
    expect_ids(right, (int[]){11, 13}, 2);
    assert_ptr_equal(left->before, right->before);
    assert_true(left->score == -0.75 && right->score == -1.25);
    assert_int_equal(right->sentence, 5);
    assert_true(right->attention_size == 2 && right->n_runners_up == 1);
    one->attention[1] = 0.5F;  // room of its own for each
    one->runners_up[0] = (RunnerUp){"", 7, -2.0F};
    right->attention[1] = 0.25F;
    assert_true(left->before->attention[1] == 0.5F && left->before->runners_up[0].id == 7);
    prefix_release(start);
    prefix_release(one);
    prefix_release(left);
    expect_ids(right, (int[]){11, 13}, 2);
    prefix_release(right);
}

/* Released in any order, each lives as long as something goes on from it. */
static void it_lives_as_long_as_it_is_used(void **state) {
    (void)state;
    for (size_t order = 0; order < 6; order++) {
        static const size_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                            {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        Error err = {0};
        Prefix *all[3] = {prefix_start(0, 60, 0, 0, &err)};
        assert_null(all[0]->attention);
        assert_null(all[0]->runners_up);
        all[1] = extend(all[0], 1, 0.0F);
        all[2] = extend(all[1], 2, 0.0F);
        for (size_t i = 0; i < 3; i++) {
            prefix_release(all[orders[order][i]]);
            all[orders[order][i]] = NULL;
            if (all[2]) expect_ids(all[2], (int[]){1, 2}, 2);
            if (all[1]) expect_ids(all[1], (int[]){1}, 1);
        }
    }
    prefix_release(NULL);
}

/* A long one is freed without recursion. */
static void a_long_one(void **state) {
    (void)state;
    Error err = {0};
    Prefix *prefix = prefix_start(0, 60, 0, 0, &err);
    for (int i = 0; i < 1000000; i++) {
        Prefix *longer = extend(prefix, i, 0.0F);
        prefix_release(prefix);
        prefix = longer;
    }
    assert_int_equal(prefix->n, 1000000);
    prefix_release(prefix);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_share_their_beginning),
        cmocka_unit_test(it_lives_as_long_as_it_is_used),
        cmocka_unit_test(a_long_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
