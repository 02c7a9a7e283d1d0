/* What may not follow what: each rule alone, on logits small enough to write down. That all together
   are transformers': tests/decode/test_generation.c. */
#include "decode/constraints.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { V = 10, EOS = 0 };

static float values[V];

/* Logits 1 … V, of all tokens. */
static RowLogits fresh(void) {
    for (size_t i = 0; i < V; i++) values[i] = (float)(i + 1);
    return (RowLogits){{NULL, V}, values};
}

/* Exactly these are forbidden; the others' logits are what they were. */
static void expect_forbidden(const int *ids, size_t n) {
    for (int id = 0; id < V; id++) {
        bool forbidden = false;
        for (size_t i = 0; i < n; i++) forbidden = forbidden || ids[i] == id;
        assert_true(values[id] == (forbidden ? -INFINITY : (float)(id + 1)));
    }
}
#define EXPECT_FORBIDDEN(...) \
    expect_forbidden((int[]){__VA_ARGS__}, sizeof((int[]){__VA_ARGS__}) / sizeof(int))

static void forbid(const Generation *g, const int *said, size_t n_said) {
    Config config = {.eos = EOS, .generation = *g};
    RowLogits logits = fresh();
    constraints_forbid(&config, said, n_said, &logits, 0.0F);
}

static void by_default_everything_may_be_said(void **state) {
    (void)state;
    Generation g = generation_default();
    RowLogits logits = fresh();
    constraints_penalize(&g, (int[]){9, 3}, 2, &logits, 0.0F);
    constraints_ban(&g, &logits);
    expect_forbidden(NULL, 0);
    forbid(&g, (int[]){9, 3}, 2);
    expect_forbidden(NULL, 0);
}

static void banned_and_suppressed(void **state) {
    (void)state;
    Generation g = generation_default();
    g.banned = (IdList){(int[]){9, 4}, 2};
    g.suppressed = (IdList){(int[]){0, 2}, 2};
    RowLogits logits = fresh();
    constraints_ban(&g, &logits);
    EXPECT_FORBIDDEN(9, 4, 0, 2);
    assert_true(constraints_bans(&g, 2) && constraints_bans(&g, 4) && !constraints_bans(&g, 3));
}

/* No n tokens twice; the start symbol counts. */
static void ngrams(void **state) {
    (void)state;
    static const int said[] = {9, 3, 4, 3, 4, 5, 3};
    Generation g = generation_default();
    g.no_repeat_ngram = 1;
    forbid(&g, said, 7);
    EXPECT_FORBIDDEN(9, 3, 4, 5);
    g.no_repeat_ngram = 2;
    forbid(&g, said, 7);
    EXPECT_FORBIDDEN(4);
    forbid(&g, said, 5);  // … 3 4
    EXPECT_FORBIDDEN(3);
    forbid(&g, said, 2);
    expect_forbidden(NULL, 0);
    g.no_repeat_ngram = 3;
    forbid(&g, said, 5);  // 3 4 3 was said, 3 4 stands at the end
    EXPECT_FORBIDDEN(3);
    forbid(&g, said, 7);  // 5 3 is new
    expect_forbidden(NULL, 0);
    forbid(&g, said, 1);
    expect_forbidden(NULL, 0);
    g.no_repeat_ngram = SIZE_MAX;
    forbid(&g, said, 7);
    expect_forbidden(NULL, 0);
}

static void sequences(void **state) {
    (void)state;
    IdList all[] = {{(int[]){3, 7}, 2}, {(int[]){4, 3, 8}, 3}, {(int[]){9, 1}, 2}};
    Generation g = generation_default();
    g.banned_sequences = all;
    g.n_sequences = 3;
    forbid(&g, (int[]){9}, 1);
    EXPECT_FORBIDDEN(1);
    forbid(&g, (int[]){9, 4, 3}, 3);
    EXPECT_FORBIDDEN(7, 8);
    forbid(&g, (int[]){9, 3, 4}, 3);
    expect_forbidden(NULL, 0);
}

static void no_end_before_the_least_length(void **state) {
    (void)state;
    Generation g = generation_default();
    g.min_length = 3;
    forbid(&g, (int[]){9}, 1);
    EXPECT_FORBIDDEN(EOS);
    forbid(&g, (int[]){9, 4}, 2);
    EXPECT_FORBIDDEN(EOS);
    forbid(&g, (int[]){9, 4, 5}, 3);
    expect_forbidden(NULL, 0);
}

/* The first is forced, whatever is banned; a list for the beginning is for the next one then. */
static void beginnings(void **state) {
    (void)state;
    Generation g = generation_default();
    g.banned_first = (IdList){(int[]){4, 6}, 2};
    forbid(&g, (int[]){9}, 1);
    EXPECT_FORBIDDEN(4, 6);
    forbid(&g, (int[]){9, 1}, 2);
    expect_forbidden(NULL, 0);
    g.forced_bos = 5;
    g.banned = (IdList){(int[]){5}, 1};
    Config config = {.eos = EOS, .generation = g};
    RowLogits logits = fresh();
    constraints_forbid(&config, (int[]){9}, 1, &logits, 2.5F);
    for (int id = 0; id < V; id++) assert_true(values[id] == (id == 5 ? 2.5F : -INFINITY));
    forbid(&g, (int[]){9, 5}, 2);
    EXPECT_FORBIDDEN(4, 6);
    forbid(&g, (int[]){9, 5, 5}, 3);
    expect_forbidden(NULL, 0);
}

/* Positive values are divided and negative ones multiplied, once however often a token was said; all
   measured from `zero`. */
static void repetition(void **state) {
    (void)state;
    Generation g = generation_default();
    g.repetition_penalty = 2.0F;
    RowLogits logits = fresh();
    constraints_penalize(&g, (int[]){9, 3, 3, 9}, 4, &logits, 0.0F);
    for (int id = 0; id < V; id++)
        assert_true(values[id] == (float)(id + 1) / (id == 9 || id == 3 ? 2.0F : 1.0F));
    logits = fresh();
    constraints_penalize(&g, (int[]){9, 3}, 2, &logits, 12.0F);
    assert_true(values[9] == 8.0F && values[3] == -4.0F && values[2] == 3.0F);
}

/* If a sentence has few candidates, the other tokens need not be forbidden. */
static void candidates(void **state) {
    (void)state;
    static const int few[] = {0, 3, 7, 8};
    Generation g = generation_default();
    g.banned = (IdList){(int[]){7, 9}, 2};
    g.min_length = 5;
    float some[] = {1, 2, 3, 4};
    RowLogits logits = {{few, 4}, some};
    Config config = {.eos = EOS, .generation = g};
    assert_ptr_equal(row_value(&logits, 0), some);
    assert_ptr_equal(row_value(&logits, 8), some + 3);
    assert_null(row_value(&logits, 1));
    assert_null(row_value(&logits, 9));
    constraints_ban(&g, &logits);
    constraints_forbid(&config, (int[]){9}, 1, &logits, 0.0F);
    assert_true(isinf(some[0]) && some[1] == 2 && isinf(some[2]) && some[3] == 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_default_everything_may_be_said),
        cmocka_unit_test(banned_and_suppressed),
        cmocka_unit_test(ngrams),
        cmocka_unit_test(sequences),
        cmocka_unit_test(no_end_before_the_least_length),
        cmocka_unit_test(beginnings),
        cmocka_unit_test(repetition),
        cmocka_unit_test(candidates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
