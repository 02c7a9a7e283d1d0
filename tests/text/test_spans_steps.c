/* Finding spans takes time that grows with the text. What is counted is what is looked at: characters,
   and bytes that are searched. */
#include "../base/scratch.h"
#include "shipped.h"
#include "steps.h"
#include "text/spans.h"

static void *counted_search(const void *bytes, int byte, size_t n) {
    const char *found = memchr(bytes, byte, n);
    steps += found ? (size_t)(found - (const char *)bytes) + 1 : n;
    return (void *)found;
}

#define utf8_character counted_character
#undef memchr
#define memchr counted_search
#include "../../src/text/names.c"
#include "../../src/text/spans.c"

static Tokenizer tokenizer;
static Arena arena;
static Known known;

static int load(void **state) {
    Error err;
    (void)state;
    if (!shipped_tokenizer(&tokenizer, &arena, &err)) return print_error("%s\n", err.text), 1;
    known.side = &tokenizer.source;
    return 0;
}

static int unload(void **state) {
    (void)state;
    known_free(&known);
    tokenizer_free(&tokenizer);
    arena_free(&arena);
    return 0;
}

static const char *const parts[] = {
    "a",  " ",  ".", "://",    "www.", "@",    "#",     "`", "``",   "(", ")",  "/",
    "\\", "~/", ":", ",",      "%",    "-",    "\"",    "<", "5",    "$", "田", "😀",
    "→",  "“",  "é", "\u0301", "\xFF", ".pdf", "a@b.c", "_", "C:\\", "'",
};
enum { N_PARTS = sizeof parts / sizeof parts[0] };

static size_t steps_of(const char *first, const char *second, size_t n) {
    Buffer text = {0};
    SpanList spans = {0};
    Error err;
    fill_in_turns(&text, first, second, n);
    steps = 0;
    assert_true(spans_find(&known, text.data, text.size, &spans, &err));
    buffer_free(&text);
    span_list_free(&spans);
    return steps;
}

static void work_is_linear(void **state) {
    (void)state;
    expect_linear(steps_of, parts, N_PARTS, 1024, 5, 64);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_linear)};
    return cmocka_run_group_tests(tests, load, unload);
}
