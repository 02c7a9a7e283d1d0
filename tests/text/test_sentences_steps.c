/* The splitter's work grows with the text, not with its square, whatever the text is made of. What is
   counted is what it looks at: characters, and bytes of words that are looked up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/utf8.h"
#include "text/lists.h"

static size_t steps;

static int counted_character(const char *text, size_t n, size_t *size) {
    steps++;
    return utf8_character(text, n, size);
}

static bool counted_lookup(List list, const char *word, size_t n) {
    steps += n + 1;
    return lists_have(list, word, n);
}

static void *counted_search(const void *bytes, int byte, size_t n) {
    steps += n;
    return memchr(bytes, byte, n);
}

#define utf8_character counted_character
#define lists_have counted_lookup
#undef memchr
#define memchr counted_search
#include "../../src/text/sentences.c"

/* One or more of every class of characters that the rules tell apart, and of words. */
static const char *const parts[] = {
    ".",    "A.",   "a.", "a",    " ",  "\u00A0", "\t",  "\"",  "«", "(",      "[",
    "[1]",  "-",    "'",  "…",    "。", "!",      "Mr.", "1.",  "é", "😀",      "¹",
    "\xFF", "No. ", " »", "e.g.", "l'", "IV",     ",",   "She", "¿", "\u200B", "\u2028",
};
enum { N_PARTS = sizeof parts / sizeof parts[0] };

static size_t steps_of(const char *first, const char *second, size_t n) {
    Buffer text = {0};
    Sentence s;
    size_t at = 0;
    while (text.size < n) {
        buffer_string(&text, first);
        buffer_string(&text, second);
    }
    assert_false(text.failed);
    steps = 0;
    while (sentences_next(text.data, text.size, &at, &s))
        (void)sentences_need_no_space(text.data + s.begin, s.end - s.begin);
    buffer_free(&text);
    return steps;
}

static void work_is_linear(void **state) {
    (void)state;
    enum { SIZE = 2048 };
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
