/* A hypothesis read off its last prefix, and the detector of those that repeat themselves. */
#include "decode/hypothesis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { CELLS = 3, RUNNERS = 2, EOS = 0 };

/* What a search would write beside token t of the sentence `which`. */
static float cell(int which, size_t t, size_t j) {
    return (float)(which * 1000 + (int)(t * 10 + j));
}

/* `before`, which the caller gives up, with n tokens more, each with what predicted it. */
static Prefix *grow(Prefix *before, int which, size_t n) {
    Error err = {0};
    for (size_t i = 0; i < n; i++) {
        size_t t = before->n;
        for (size_t j = 0; j < before->attention_size; j++)
            before->attention[j] = cell(which, t, j);
        for (size_t j = 0; j < before->n_runners_up; j++)
            before->runners_up[j] = (RunnerUp){"", (int)(t + j), cell(which, t, j)};
        Prefix *longer = prefix_extend(before, which + (int)t, -0.5F, &err);
        assert_non_null(longer);
        prefix_release(before);
        before = longer;
    }
    return before;
}

static Prefix *start(size_t attention_size, size_t n_runners_up) {
    Error err = {0};
    Prefix *prefix = prefix_start(0, 60, attention_size, n_runners_up, &err);
    assert_non_null(prefix);
    return prefix;
}

static void it_is_all_that_its_prefixes_hold(void **state) {
    (void)state;
    for (size_t n = 1; n <= 101; n += 20) {
        Error err = {0};
        Hypothesis h;
        Prefix *last = grow(start(CELLS, RUNNERS), 7, n);
        assert_true(hypothesis_trace(last, &h, &err));
        prefix_release(last);
        assert_int_equal(h.n, n);
        assert_true(h.score == -0.5 * (double)n && !h.cut);
        for (size_t t = 0; t < n; t++) {
            assert_int_equal(h.ids[t], 7 + (int)t);
            assert_true(h.logprobs[t] == -0.5F);
            for (size_t j = 0; j < CELLS; j++)
                assert_true(h.attention[t * CELLS + j] == cell(7, t, j));
            for (size_t j = 0; j < RUNNERS; j++) {
                assert_int_equal(h.runners_up[t * RUNNERS + j].id, t + j);
                assert_true(h.runners_up[t * RUNNERS + j].logprob == cell(7, t, j));
            }
        }
        hypothesis_free(&h);
        assert_null(h.ids);
    }
}

static void attention_and_runners_up_are_optional(void **state) {
    (void)state;
    for (size_t with_attention = 0; with_attention <= 1; with_attention++) {
        Error err = {0};
        Hypothesis h;
        Prefix *last = grow(start(with_attention ? CELLS : 0, with_attention ? 0 : RUNNERS), 3, 40);
        assert_true(hypothesis_trace(last, &h, &err));
        prefix_release(last);
        assert_int_equal(h.n, 40);
        assert_int_equal(h.attention != NULL, with_attention);
        assert_int_equal(h.runners_up == NULL, with_attention);
        hypothesis_free(&h);
    }
}

/* ---- loops ---- */

typedef struct {
    size_t n;
    int ids[120];
} Said;

static bool repeats(Said said, bool with_eos) {
    if (with_eos) said.ids[said.n++] = EOS;
    return hypothesis_repeats(&(Hypothesis){.n = said.n, .ids = said.ids}, EOS);
}

/* `before` tokens that are all different, then `length` tokens that repeat with this period. */
static Said loop(size_t before, size_t period, size_t length) {
    Said said = {.n = before + length};
    for (size_t i = 0; i < before; i++) said.ids[i] = 100 + (int)i;
    for (size_t i = 0; i < length; i++) said.ids[before + i] = 1 + (int)(i % period);
    return said;
}

/* The length from which on a loop is one; 0 for a period that never is. */
static size_t loop_length(size_t period) {
    if (period > 16) return 0;
    return period * 4 > 12 ? period * 4 : 12;
}

static void loops_of_every_period_and_length(void **state) {
    (void)state;
    size_t n_loops = 0;
    for (size_t period = 1; period <= 20; period++)
        for (size_t length = 0; length <= 90; length++)
            for (size_t before = 0; before <= 10; before += 5)
                for (int with_eos = 0; with_eos <= 1; with_eos++) {
                    size_t least = loop_length(period);
                    bool expected = least && length >= least;
                    n_loops += expected;
                    if (repeats(loop(before, period, length), with_eos) != expected)
                        fail_msg("period %zu, %zu tokens after %zu", period, length, before);
                }
    assert_true(n_loops > 1000);
}

/* One token that is another: within the stretch that counts there is no loop, before it there is. */
static void almost_loops(void **state) {
    (void)state;
    for (size_t period = 1; period <= 16; period++) {
        size_t least = loop_length(period), n = least + 3;
        for (size_t at = 0; at < n; at++) {
            Said said = loop(0, period, n);
            said.ids[at] = 99;
            for (int with_eos = 0; with_eos <= 1; with_eos++)
                if (repeats(said, with_eos) != (at < n - least))
                    fail_msg("period %zu, token %zu of %zu is another", period, at, n);
        }
    }
}

static void a_loop_in_the_middle_is_over(void **state) {
    (void)state;
    Said said = loop(3, 2, 40);
    assert_true(repeats(said, true));
    for (int i = 0; i < 3; i++) said.ids[said.n++] = 50 + i;
    assert_false(repeats(said, true));
}

/* A repeated stretch with a repetition in it: "very very good", four times. */
static void tokens_may_come_twice_in_a_stretch(void **state) {
    (void)state;
    static const int stretch[] = {5, 5, 6};
    Said said = {0};
    while (said.n < 12) said.ids[said.n] = stretch[said.n % 3], said.n++;
    assert_true(repeats(said, true));
    said.n--;
    assert_false(repeats(said, true));
}

/* Only the last </s> does not count. */
static void short_ones_and_other_eos(void **state) {
    (void)state;
    Said nothing = {0}, eos = {.n = 11};
    assert_false(repeats(nothing, false));
    assert_false(repeats(nothing, true));
    assert_false(repeats(eos, true));  // 12 times </s>, 11 that count
    eos.n = 12;
    assert_true(repeats(eos, true));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_all_that_its_prefixes_hold),
        cmocka_unit_test(attention_and_runners_up_are_optional),
        cmocka_unit_test(loops_of_every_period_and_length),
        cmocka_unit_test(almost_loops),
        cmocka_unit_test(a_loop_in_the_middle_is_over),
        cmocka_unit_test(tokens_may_come_twice_in_a_stretch),
        cmocka_unit_test(short_ones_and_other_eos),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
