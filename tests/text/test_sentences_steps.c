/* The splitter's work grows with the text. What is counted is what it looks at: characters, and bytes of
   words that are looked up. */
#include "steps.h"
#include "text/lists.h"

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

/* Of a text, which is freed. */
static size_t steps_through(Buffer *text) {
    Sentence s;
    size_t at = 0;
    steps = 0;
    while (sentences_next(text->data, text->size, &at, &s))
        (void)sentences_need_no_space(text->data + s.begin, s.end - s.begin);
    buffer_free(text);
    return steps;
}

static size_t steps_in_turns(const char *first, const char *second, size_t n) {
    Buffer text = {0};
    fill_in_turns(&text, first, second, n);
    return steps_through(&text);
}

/* One part after the other: aaabbb. */
static size_t steps_in_a_row(const char *first, const char *second, size_t n) {
    Buffer text = {0};
    while (text.size < n / 2) buffer_string(&text, first);
    while (text.size < n) buffer_string(&text, second);
    assert_false(text.failed);
    return steps_through(&text);
}

static void work_is_linear(void **state) {
    (void)state;
    expect_linear(steps_in_turns, parts, N_PARTS, 2048, 4.5, 0);
    expect_linear(steps_in_a_row, parts, N_PARTS, 2048, 4.5, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_linear)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
