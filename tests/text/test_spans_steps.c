/* Finding spans takes time that grows with the text, not with its square, whatever it is made of. What
   is counted is what is looked at: characters, and bytes that are searched. */
#include "../base/scratch.h"
#include "base/utf8.h"
#include "shipped.h"
#include "text/spans.h"

static size_t steps;

static int counted_character(const char *text, size_t n, size_t *size) {
    steps++;
    return utf8_character(text, n, size);
}

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
    while (text.size < n) {
        buffer_string(&text, first);
        buffer_string(&text, second);
    }
    steps = 0;
    assert_true(spans_find(&known, text.data, text.size, &spans, &err));
    buffer_free(&text);
    span_list_free(&spans);
    return steps;
}

static void work_is_linear(void **state) {
    (void)state;
    enum { SIZE = 1024 };
    for (size_t i = 0; i < N_PARTS; i++)
        for (size_t k = 0; k < N_PARTS; k++) {
            size_t once = steps_of(parts[i], parts[k], SIZE);
            size_t longer = steps_of(parts[i], parts[k], 4 * SIZE);
            if (longer > 5 * once + 64 || longer > 40 * 4 * SIZE)
                fail_msg("\"%s%s\": %zu steps for %d bytes, %zu for %d", parts[i], parts[k], once,
                         SIZE, longer, 4 * SIZE);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(work_is_linear)};
    return cmocka_run_group_tests(tests, load, unload);
}
