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

/* One or more of every class of characters that the rules tell apart, and words of every list that they
   look into. */
static const char *const parts[] = {
    // stops, breaks and spaces
    ".", "!", "…", "。", "\t", "\n", "\u2028", " ", "\u00A0", "\u200B",
    // quotes, brackets, dashes and notes
    "\"", "'", "«", " »", "(", ")", "[", "]", "[1]", "[1", "-", "¿", ",",
    // letters and numbers, alone and in words
    "a", "a.", "A.", "é", "É", "漢", "1", "1.", "IV", "\xFF", "¹", "😀", "\u200D", "l'",
    // listed words
    "Mr.", "e.g.", "Inc. ", "etc.", "No. ", "She"};
enum { N_PARTS = sizeof parts / sizeof parts[0] };

/* Two parts make a text of n bytes in turns (ababab) or one after the other (aaabbb). */
typedef enum { IN_TURNS, IN_A_ROW, N_ORDERS } Order;

static void fill(Buffer *text, Order order, const char *first, const char *second, size_t n) {
    while (text->size < n) {
        if (order == IN_TURNS || text->size < n / 2) buffer_string(text, first);
        if (order == IN_TURNS || text->size >= n / 2) buffer_string(text, second);
    }
    assert_false(text->failed);
}

static size_t steps_of(Order order, const char *first, const char *second, size_t n) {
    Buffer text = {0};
    Sentence s;
    size_t at = 0;
    fill(&text, order, first, second, n);
    steps = 0;
    while (sentences_next(text.data, text.size, &at, &s))
        (void)sentences_need_no_space(text.data + s.begin, s.end - s.begin);
    buffer_free(&text);
    return steps;
}

/* Four times the text takes about four times the steps, and no text takes many for each byte. */
static void expect_linear(Order order, const char *first, const char *second) {
    enum { SIZE = 2048, MOST_PER_BYTE = 40 };
    size_t once = steps_of(order, first, second, SIZE);
    size_t longer = steps_of(order, first, second, 4 * SIZE);
    if (2 * longer > 9 * once || longer > (size_t)MOST_PER_BYTE * 4 * SIZE)
        fail_msg("\"%s\" and \"%s\", %s: %zu steps for %d bytes, %zu for %d", first, second,
                 order == IN_TURNS ? "in turns" : "in a row", once, SIZE, longer, 4 * SIZE);
}

static void work_is_linear(void **state) {
    (void)state;
    for (size_t i = 0; i < N_PARTS; i++)
        for (size_t k = 0; k < N_PARTS; k++)
            for (Order order = 0; order < N_ORDERS; order++)
                expect_linear(order, parts[i], parts[k]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
