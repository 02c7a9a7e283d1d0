/* Maps written down by hand; the last label of each side is </s>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "exercise.h"

enum { MOST = 6 };

static void expect_links(const float *cells, size_t n_target, size_t n_source,
                         const char *expected) {
    xattn_label target[MOST], source[MOST];
    Buffer out = {0};
    Error err = {0};
    for (size_t i = 0; i < n_target; i++) target[i] = (xattn_label){"mot", true, true, false};
    for (size_t j = 0; j < n_source; j++) source[j] = (xattn_label){"word", true, true, false};
    if (n_target) target[n_target - 1] = (xattn_label){"</s>", true, true, true};
    if (n_source) source[n_source - 1] = (xattn_label){"</s>", true, true, true};
    xattn_map map = {.n_target = n_target,
                     .n_source = n_source,
                     .target = target,
                     .source = source,
                     .cells = cells,
                     .n_heads = 1,
                     .words = true};
    if (!links_write(&map, &out, &err)) fail_msg("%s", err.text);
    assert_string_equal(out.data ? out.data : "", expected);
    buffer_free(&out);
}

static void one_word(void **state) {
    (void)state;
    static const float cells[] = {0.9F, 0.1F, 0.2F, 0.8F};
    expect_links(cells, 2, 2, "0-0");
}

/* The black cat, le chat noir. */
static void words_cross(void **state) {
    (void)state;
    static const float cells[] = {0.7F, 0.1F, 0.1F, 0.1F,  //
                                  0.1F, 0.2F, 0.6F, 0.1F,  //
                                  0.0F, 0.9F, 0.1F, 0.0F,  //
                                  0.1F, 0.0F, 0.0F, 0.9F};
    expect_links(cells, 4, 4, "0-0 1-2 2-1");
}

/* One source word may be linked to two target words, and one to none. */
static void links_are_sorted(void **state) {
    (void)state;
    static const float cells[] = {0.1F, 0.1F, 0.7F,  0.1F,   //
                                  0.8F, 0.1F, 0.05F, 0.05F,  //
                                  0.2F, 0.2F, 0.5F,  0.1F,   //
                                  0.0F, 0.0F, 0.0F,  1.0F};
    expect_links(cells, 4, 4, "0-1 2-0 2-2");
}

static void the_end_is_no_word(void **state) {
    (void)state;
    static const float cells[] = {0.3F, 0.3F, 0.4F,   // looked at </s> most
                                  0.1F, 0.6F, 0.3F,   //
                                  0.9F, 0.0F, 0.1F};  // the row of </s>
    expect_links(cells, 3, 3, "1-1");
}

static void the_first_of_equals(void **state) {
    (void)state;
    static const float cells[] = {0.25F, 0.3F, 0.3F, 0.15F, 0.0F, 0.0F, 0.0F, 1.0F};
    expect_links(cells, 2, 4, "1-0");
}

static void nothing(void **state) {
    (void)state;
    expect_links(NULL, 0, 0, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_word),
        cmocka_unit_test(words_cross),
        cmocka_unit_test(links_are_sorted),
        cmocka_unit_test(the_end_is_no_word),
        cmocka_unit_test(the_first_of_equals),
        cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
