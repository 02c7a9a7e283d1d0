/* A hypothesis that grows and is copied, and the detector of those that repeat themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "decode/hypothesis.h"

enum { ROW = 3, RUNNERS = 2, EOS = 0 };

/* What a search would write beside token t of the sentence `which`. */
static float row_cell(int which, size_t t, size_t j) {
    return (float)(which * 1000 + (int)(t * 10 + j));
}

static void write_next(Hypothesis *h, int which) {
    Error err = {0};
    assert_true(hypothesis_reserve(h, &err));
    float *row = hypothesis_next_row(h);
    RunnerUp *runners = hypothesis_next_runners_up(h);
    for (size_t j = 0; j < ROW; j++) row[j] = row_cell(which, h->n, j);
    for (size_t j = 0; j < RUNNERS; j++)
        runners[j] = (RunnerUp){(int)(h->n + j), row_cell(which, h->n, j)};
}

static void grow(Hypothesis *h, int which, size_t n) {
    while (h->n < n) {
        write_next(h, which);
        hypothesis_append(h, which + (int)h->n, -0.5F);
    }
}

/* Tokens up to n, and what stands beside them up to n_rows. */
static void assert_is(const Hypothesis *h, int which, size_t n, size_t n_rows) {
    assert_int_equal(h->n, n);
    assert_true(h->score == -0.5 * (double)n);
    for (size_t t = 0; t < n; t++) {
        assert_int_equal(h->ids[t], which + (int)t);
        assert_true(h->logprobs[t] == -0.5F);
    }
    for (size_t t = 0; t < n_rows; t++) {
        for (size_t j = 0; j < ROW; j++) assert_true(h->rows[t * ROW + j] == row_cell(which, t, j));
        for (size_t j = 0; j < RUNNERS; j++)
            assert_int_equal(h->runners_up[t * RUNNERS + j].id, t + j);
    }
}

static Hypothesis empty(void) { return (Hypothesis){.row_size = ROW, .n_runners_up = RUNNERS}; }

static void it_grows_and_keeps_what_it_has(void **state) {
    (void)state;
    Hypothesis h = empty();
    for (size_t n = 0; n <= 100; n += 5) {
        grow(&h, 7, n);
        assert_is(&h, 7, n, n);
    }
    hypothesis_free(&h);
    assert_null(h.ids);
    assert_int_equal(h.n, 0);
    hypothesis_free(&h);
}

static void rows_and_runners_up_are_optional(void **state) {
    (void)state;
    Hypothesis h = {0}, copy = {0};
    Error err = {0};
    for (int i = 0; i < 40; i++) {
        assert_true(hypothesis_reserve(&h, &err));
        assert_null(hypothesis_next_row(&h));
        assert_null(hypothesis_next_runners_up(&h));
        hypothesis_append(&h, i, -1.0F);
    }
    assert_true(hypothesis_copy(&h, &copy, &err));
    assert_int_equal(copy.n, 40);
    assert_int_equal(copy.ids[39], 39);
    assert_true(copy.score == -40.0);
    hypothesis_free(&h);
    hypothesis_free(&copy);
}

/* The row and the runners-up of the token to come are part of the copy, and nothing is shared. */
static void a_copy_has_a_life_of_its_own(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 15, 16, 17, 40, 3};
    Error err = {0};
    Hypothesis copy = empty();
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        Hypothesis h = empty();
        size_t n = lengths[i];
        grow(&h, 20, n);
        write_next(&h, 20);
        h.cut = i % 2;
        assert_true(hypothesis_copy(&h, &copy, &err));
        assert_int_equal(copy.cut, i % 2);
        assert_is(&copy, 20, n, n + 1);
        hypothesis_append(&copy, 20 + (int)n, -0.5F);  // there is room for it
        grow(&h, 20, n + 20);
        memset(h.ids, 0xFF, h.n * sizeof *h.ids);
        memset(h.rows, 0xFF, h.n * ROW * sizeof *h.rows);
        memset(h.runners_up, 0xFF, h.n * RUNNERS * sizeof *h.runners_up);
        hypothesis_free(&h);
        assert_is(&copy, 20, n + 1, n + 1);
    }
    hypothesis_free(&copy);
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

/* A stretch that says something twice itself: "very very good", four times. */
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
        cmocka_unit_test(it_grows_and_keeps_what_it_has),
        cmocka_unit_test(rows_and_runners_up_are_optional),
        cmocka_unit_test(a_copy_has_a_life_of_its_own),
        cmocka_unit_test(loops_of_every_period_and_length),
        cmocka_unit_test(almost_loops),
        cmocka_unit_test(a_loop_in_the_middle_is_over),
        cmocka_unit_test(tokens_may_come_twice_in_a_stretch),
        cmocka_unit_test(short_ones_and_other_eos),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
