/* Cutting a long sentence takes time that grows with the sentence. What is counted is the characters
   that are looked at. */
#include "steps.h"

#define utf8_character counted_character
#include "../../src/text/clauses.c"

static const char *const parts[] = {" ", "\t", "\u00A0", "a", "é", ",", ";", "；", " and ", "\xFF"};
enum { N_PARTS = sizeof parts / sizeof parts[0] };

static size_t steps_of(const char *first, const char *second, size_t n) {
    Buffer text = {0};
    fill_in_turns(&text, first, second, n);
    steps = 0;
    clauses_cut(text.data, NULL, 0, text.size);
    buffer_free(&text);
    return steps;
}

static void work_is_linear(void **state) {
    (void)state;
    expect_linear(steps_of, parts, N_PARTS, 1024, 5, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
