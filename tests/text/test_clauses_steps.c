/* Cutting a long sentence takes time that grows with the sentence, not with its square, whatever it is
   made of. What is counted is the characters that are looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/utf8.h"

static size_t steps;

static int counted_character(const char *text, size_t n, size_t *size) {
    steps++;
    return utf8_character(text, n, size);
}

#define utf8_character counted_character
#include "../../src/text/clauses.c"

static const char *const parts[] = {" ", "\t", "\u00A0", "a", "é", ",", ";", "；", " and ", "\xFF"};
enum { N_PARTS = sizeof parts / sizeof parts[0] };

static size_t steps_of(const char *first, const char *second, size_t n) {
    Buffer text = {0};
    while (text.size < n) {
        buffer_string(&text, first);
        buffer_string(&text, second);
    }
    assert_false(text.failed);
    steps = 0;
    clauses_cut(text.data, NULL, 0, text.size);
    buffer_free(&text);
    return steps;
}

static void work_is_linear(void **state) {
    (void)state;
    enum { SIZE = 1024 };
    for (size_t i = 0; i < N_PARTS; i++)
        for (size_t k = 0; k < N_PARTS; k++) {
            size_t once = steps_of(parts[i], parts[k], SIZE);
            size_t longer = steps_of(parts[i], parts[k], 4 * SIZE);
            if (longer > 5 * once || longer > 40 * 4 * SIZE)
                fail_msg("\"%s%s\": %zu steps for %d bytes, %zu for %d", parts[i], parts[k], once,
                         SIZE, longer, 4 * SIZE);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
