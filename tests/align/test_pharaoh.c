/* Links: from maps, from text, and of two directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "align/map.h"

static void expect_links(const xattn_links *links, const char *expected) {
    Error err;
    Buffer out = {0};
    assert_true(xattn_links_write(links, &out, &err));
    assert_string_equal(out.data ? out.data : "", expected);
    buffer_free(&out);
}

static xattn_links parsed(const char *line) {
    xattn_links links = {0};
    Error err;
    assert_true(xattn_links_parse(line, &links, &err));
    return links;
}

static void lines_are_read_sorted_and_written(void **state) {
    (void)state;
    xattn_links links = parsed(" 2-1\t0-10 0-2  2-1 999999-0\r\n");
    expect_links(&links, "0-2 0-10 2-1 999999-0");
    xattn_links_free(&links);
    links = parsed("");
    expect_links(&links, "");
    xattn_links_free(&links);
}

static void wrong_pairs_are_named(void **state) {
    (void)state;
    static const char *const wrong[] = {
        "1",    "1-",   "-1",        "1-2-3", "a-1",   "1-a", "1 -2",
        "1--2", "1-2x", "1000000-1", "+1-2",  "0x1-2", "1?2", "1-18446744073709551617"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char line[64] = "0-0 ";
        xattn_links links = {0};
        Error err = {0};
        assert_false(xattn_links_parse(strcat(line, wrong[i]), &links, &err));
        assert_non_null(strstr(err.text, ": expected a pair of words such as 0-2"));
        assert_int_equal(err.text[0], wrong[i][0]);
        xattn_links_free(&links);
    }
}

/* Target 0 looks at source 2, target 1 at </s>, target 2 at source 0 and 1; target 3 is </s>. */
static const xattn_label labels[] = {{"a", true, true, false},
                                     {"b", true, true, false},
                                     {"c", true, true, false},
                                     {"</s>", true, true, true}};
static const float cells[] = {0.1f, 0.2f, 0.6f,  0.1f,  0.1f, 0.1f, 0.2f, 0.6f,
                              0.4f, 0.5f, 0.05f, 0.05f, 0.9f, 0.0f, 0.0f, 0.1f};
static const xattn_map map = {.n_target = 4,
                              .n_source = 4,
                              .target = labels,
                              .source = labels,
                              .cells = cells,
                              .words = true};

static void argmax_links_every_word_that_looked_at_a_word(void **state) {
    (void)state;
    xattn_links links = {0};
    Error err;
    assert_true(xattn_links_of(&map, 0, &links, &err));
    expect_links(&links, "1-2 2-0");
    xattn_links_free(&links);
}

static void a_threshold_links_every_cell_above_it(void **state) {
    (void)state;
    xattn_links links = {0};
    Error err;
    assert_true(xattn_links_of(&map, 0.2f, &links, &err));
    expect_links(&links, "0-2 1-2 2-0");
    assert_true(xattn_links_of(&map, 0.19f, &links, &err));
    expect_links(&links, "0-2 1-0 1-2 2-0 2-1");
    xattn_links_free(&links);
}

static void flipping_changes_the_sides(void **state) {
    (void)state;
    xattn_links links = parsed("0-3 1-0 2-0"), flipped = {0};
    Error err;
    assert_true(xattn_links_flip(&links, &flipped, &err));
    expect_links(&flipped, "0-1 0-2 3-0");
    xattn_links_free(&links);
    xattn_links_free(&flipped);
}

static void expect_both(const char *a, const char *b, const char *both, const char *grown) {
    xattn_links left = parsed(a), right = parsed(b), links = {0};
    Error err;
    assert_true(xattn_links_intersect(&left, &right, &links, &err));
    expect_links(&links, both);
    assert_true(xattn_links_grow_diag_final(&left, &right, &links, &err));
    expect_links(&links, grown);
    xattn_links_free(&left);
    xattn_links_free(&right);
    xattn_links_free(&links);
}

static void two_directions_become_one(void **state) {
    (void)state;
    // 1-1 touches 0-0 at a corner; 2-1 touches 1-1, and its source word is free
    expect_both("0-0 1-1", "0-0 2-1", "0-0", "0-0 1-1 2-1");
    // 1-0 touches, but both of its words are taken by 1-1 and 0-0
    expect_both("0-0 1-1 1-0", "0-0 1-1", "0-0 1-1", "0-0 1-1");
    // these touch nothing, so only the final step takes them
    expect_both("0-0 5-5", "0-0", "0-0", "0-0 5-5");
    expect_both("0-0 5-7", "0-0 5-9", "0-0", "0-0 5-7 5-9");
    // the final step of the second direction sees what the first has taken
    expect_both("0-0 5-0 0-7", "0-0 5-7", "0-0", "0-0 0-7 5-0");
    expect_both("", "", "", "");
    expect_both("3-4", "", "", "3-4");
}

/* Growing goes on while it finds something: each link here is next to the one before. */
static void growing_follows_a_chain(void **state) {
    (void)state;
    expect_both("4-4 3-3 2-2 1-1 0-0", "4-4", "4-4", "0-0 1-1 2-2 3-3 4-4");
    // 2-2 is reached in the second round, before the final step can take both of its words
    expect_both("0-2 2-0 3-3 4-4", "2-2 4-4", "4-4", "0-2 2-0 2-2 3-3 4-4");
    // against the order of the links: it takes three rounds
    expect_both("3-0 2-0 2-1 1-2 1-1", "3-0 0-2", "3-0", "0-2 1-1 1-2 2-0 2-1 3-0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_sorted_and_written),
        cmocka_unit_test(wrong_pairs_are_named),
        cmocka_unit_test(argmax_links_every_word_that_looked_at_a_word),
        cmocka_unit_test(a_threshold_links_every_cell_above_it),
        cmocka_unit_test(flipping_changes_the_sides),
        cmocka_unit_test(two_directions_become_one),
        cmocka_unit_test(growing_follows_a_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
