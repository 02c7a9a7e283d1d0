/* The terminal's map, to the byte: shades, colours, scripts, wrapping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "align/terminal.h"
#include "text/width.h"

#define LABEL(text) \
    { text, true, true, false }
#define MORE(text) \
    { text, false, false, false }
#define END \
    { "</s>", true, true, true }

static void expect_drawing(const xattn_map *map, const char *text, xattn_style style,
                           const char *expected) {
    Error err;
    Buffer out = {0};
    assert_true(terminal_draw(map, text, &style, &out, &err));
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

/* 3 x 4, words; shades of every kind. */
static const xattn_label words_target[] = {LABEL("Le"), LABEL("chat"), END};
static const xattn_label words_source[] = {LABEL("The"), LABEL("black"), LABEL("cat"), END};
static const float words_cells[] = {0.92f, 0.04f, 0.03f, 0.01f, 0.1f,   0.25f,
                                    0.45f, 0.2f,  0.0f,  0.0f,  0.001f, 0.999f};
static const xattn_map words_map = {.n_target = 3,
                                    .n_source = 4,
                                    .target = words_target,
                                    .source = words_source,
                                    .cells = words_cells,
                                    .layer = 1,
                                    .head = 2,
                                    .n_heads = 4,
                                    .words = true};

static void shades_and_percentages(void **state) {
    (void)state;
    expect_drawing(&words_map, "Le chat", (xattn_style){0},
                   "Le chat         layer 1, head 2\n"
                   "\n"
                   "        The   black  cat   </s>\n"
                   "    Le  █92█    ·     ·     ·\n"
                   "  chat   ░░    ▒▒    ▓45▓   ▒▒\n"
                   "  </s>   ·      ·     ·    █99█\n"
                   "\n"
                   "        ░ 5%  ▒ 20%  ▓ 40%  █ 70% and more\n");
}

static void ascii_draws_the_same_without_blocks(void **state) {
    (void)state;
    expect_drawing(&words_map, "Le chat", (xattn_style){.ascii = true},
                   "Le chat         layer 1, head 2\n"
                   "\n"
                   "        The   black  cat   </s>\n"
                   "    Le  #92#    .     .     .\n"
                   "  chat   ::    ++    *45*   ++\n"
                   "  </s>   .      .     .    #99#\n"
                   "\n"
                   "        : 5%  + 20%  * 40%  # 70% and more\n");
}

static void colour_paints_whole_cells(void **state) {
    (void)state;
    xattn_map map = words_map;
    map.n_target = 1;
    map.n_source = 3;
    const float cells[] = {0.92f, 0.19f, 0.42f};
    map.cells = cells;
    expect_drawing(&map, "Le", (xattn_style){.color = true},
                   "\x1b[1mLe\x1b[22m      \x1b[2mlayer 1, head 2\x1b[22m\n"
                   "\n"
                   "      The   black  cat\n"
                   "  Le \x1b[48;5;222m  \x1b[1;38;5;16m92\x1b[22;39m  \x1b[48;5;53m       "
                   "\x1b[48;5;161m      \x1b[0m\n"
                   "\n"
                   "      \x1b[2m0%\x1b[22m \x1b[48;5;234m  \x1b[48;5;53m  \x1b[48;5;89m  "
                   "\x1b[48;5;125m  \x1b[48;5;161m  \x1b[48;5;197m  \x1b[48;5;203m  "
                   "\x1b[48;5;209m  \x1b[48;5;215m  \x1b[48;5;222m  \x1b[0m "
                   "\x1b[2m100%\x1b[22m\n");
}

static void the_mark_of_no_sentence_is_dim(void **state) {
    (void)state;
    Error err;
    Buffer out = {0};
    assert_true(terminal_draw(&words_map, "", &(xattn_style){.color = true}, &out, &err));
    assert_non_null(strstr(out.data, "   \x1b[2m</s>\x1b[22m\n"));
    assert_non_null(strstr(out.data, "\n  \x1b[2m</s>\x1b[22m \x1b[48"));
    assert_null(strstr(out.data, "\x1b[2mcat"));
    buffer_free(&out);
}

static void pieces_show_how_they_hang_together(void **state) {
    (void)state;
    const xattn_label target[] = {LABEL("▁ch"), MORE("at"), LABEL("▁"), MORE("X"), LABEL(".")};
    const xattn_label source[] = {LABEL("▁cat"), MORE("<0xE2>")};
    const float cells[] = {0.9f, 0.1f, 0.8f, 0.2f, 0.7f, 0.3f, 0.06f, 0.04f, 0.5f, 0.5f};
    const xattn_map map = {.n_target = 5,
                           .n_source = 2,
                           .target = target,
                           .source = source,
                           .cells = cells,
                           .head = XATTN_MEAN,
                           .n_heads = 4};
    expect_drawing(&map, "chat X.", (xattn_style){.width = 28},
                   "chat X.\n"
                   "layer 0, mean of 4 heads\n"
                   "\n"
                   "       cat   +<0xE2>\n"
                   "   ch  █90█    ░░\n"
                   "  +at  █80█    ▒▒\n"
                   "    ▁  █70█    ▒▒\n"
                   "   +X  ░ 6░     ·\n"
                   "    .  ▓50▓    ▓▓\n"
                   "\n"
                   "       ░ 5%  ▒ 20%  ▓ 40%  █ 70% and more\n");
}

static void columns_line_up_in_any_script(void **state) {
    (void)state;
    const xattn_label target[] = {LABEL("سلام"), LABEL("👩\u200D👧"), LABEL("e\u0301te\u0301"),
                                  LABEL("\x1b[1m"), LABEL("Donaudampfschifffahrt")};
    const xattn_label source[] = {LABEL("我"), LABEL("שלום"), LABEL("Rindfleischetikettierung")};
    const float cells[15] = {0.9f, 0.0f, 0.1f, 0.0f, 0.9f, 0.0f, 0.0f, 0.0f,
                             0.9f, 0.9f, 0.0f, 0.0f, 0.0f, 0.9f, 0.0f};
    const xattn_map map = {.n_target = 5,
                           .n_source = 3,
                           .target = target,
                           .source = source,
                           .cells = cells,
                           .n_heads = 1,
                           .words = true};
    expect_drawing(&map, "سلام", (xattn_style){.width = 60},
                   "\u2068سلام\u2069                               layer 0, head 0\n"
                   "\n"
                   "                         我   \u2068שלום\u2069  Rindfleischet…\n"
                   "                  \u2068سلام\u2069  █90█   ·          ░░\n"
                   "                    👩\u200D👧   ·    █90█        ·\n"
                   "                   e\u0301te\u0301   ·     ·         █90█\n"
                   "                  ␛[1m  █90█   ·          ·\n"
                   "  Donaudampfschifffah…   ·    █90█        ·\n"
                   "\n"
                   "                        ░ 5%  ▒ 20%  ▓ 40%  █ 70% and more\n");
}

static void a_wide_map_goes_on_below(void **state) {
    (void)state;
    xattn_map map = words_map;
    map.is_trained = true;
    expect_drawing(&map, "Le", (xattn_style){.width = 22},
                   "Le\n"
                   "layer 1, head 2 (the model's alignment head)\n"
                   "\n"
                   "        The   black\n"
                   "    Le  █92█    ·\n"
                   "  chat   ░░    ▒▒\n"
                   "  </s>   ·      ·\n"
                   "\n"
                   "        cat   </s>\n"
                   "    Le   ·     ·\n"
                   "  chat  ▓45▓   ▒▒\n"
                   "  </s>   ·    █99█\n"
                   "\n"
                   "        ░ 5%  ▒ 20%  ▓ 40%  █ 70% and more\n");
}

/* Takes the escape sequences out. */
static void strip_colour(char *text) {
    char *to = text;
    while (*text) {
        if (*text == '\x1b')
            text = strchr(text, 'm') + 1;
        else
            *to++ = *text++;
    }
    *to = '\0';
}

static void expect_width(const char *drawing_end, xattn_style style) {
    Error err;
    Buffer out = {0};
    assert_true(terminal_draw(&words_map, "L", &style, &out, &err));
    strip_colour(out.data);
    char *legend = strstr(out.data, drawing_end);
    assert_non_null(legend);
    *legend = '\0';
    for (char *line = strtok(out.data, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(width_measure(line) <= style.width);
    buffer_free(&out);
}

static void no_block_is_wider_than_the_terminal(void **state) {
    (void)state;
    for (size_t width = 20; width < 60; width++) {
        expect_width("░ 5%", (xattn_style){.width = width});
        expect_width("0%", (xattn_style){.width = width, .color = true});
    }
}

static void a_narrow_terminal_gets_one_column_a_block(void **state) {
    (void)state;
    xattn_map map = words_map;
    xattn_label target[] = {LABEL("Donaudampf"), LABEL("ab")};
    map.target = target;
    map.n_target = map.n_source = 2;
    expect_drawing(&map, "", (xattn_style){.width = 1},
                   "layer 1, head 2\n"
                   "\n"
                   "          The\n"
                   "  Donau…  █92█\n"
                   "      ab  · 3·\n"
                   "\n"
                   "          black\n"
                   "  Donau…    ·\n"
                   "      ab    ·\n"
                   "\n"
                   "          ░ 5%  ▒ 20%  ▓ 40%  █ 70% and more\n");
}

static void ascii_has_no_isolates(void **state) {
    (void)state;
    const xattn_label label[] = {LABEL("سلام")};
    const float cell = 1;
    const xattn_map map = {.n_target = 1,
                           .n_source = 1,
                           .target = label,
                           .source = label,
                           .cells = &cell,
                           .words = true};
    expect_drawing(&map, "", (xattn_style){.ascii = true},
                   "layer 0, head 0\n"
                   "\n"
                   "        سلام\n"
                   "  سلام  #99#\n"
                   "\n"
                   "        : 5%  + 20%  * 40%  # 70% and more\n");
}

static void the_heading_stands_at_the_right_edge_if_it_fits(void **state) {
    (void)state;
    Error err;
    Buffer out = {0};
    const char *longer = "Le chat noir est assis";
    assert_true(terminal_draw(&words_map, longer, &(xattn_style){.width = 80}, &out, &err));
    assert_int_equal(strncmp(out.data, "Le chat noir est assis   layer 1, head 2\n", 41), 0);
    buffer_clear(&out);
    assert_true(terminal_draw(&words_map, longer, &(xattn_style){.width = 39}, &out, &err));
    assert_int_equal(strncmp(out.data, "Le chat noir est assis\nlayer 1, head 2\n", 39), 0);
    buffer_free(&out);
}

static void an_empty_map_is_only_its_heading(void **state) {
    (void)state;
    const xattn_map map = {.head = 1, .n_heads = 2};
    expect_drawing(&map, "", (xattn_style){.width = 80}, "layer 0, head 1\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shades_and_percentages),
        cmocka_unit_test(ascii_draws_the_same_without_blocks),
        cmocka_unit_test(colour_paints_whole_cells),
        cmocka_unit_test(the_mark_of_no_sentence_is_dim),
        cmocka_unit_test(pieces_show_how_they_hang_together),
        cmocka_unit_test(columns_line_up_in_any_script),
        cmocka_unit_test(a_wide_map_goes_on_below),
        cmocka_unit_test(no_block_is_wider_than_the_terminal),
        cmocka_unit_test(a_narrow_terminal_gets_one_column_a_block),
        cmocka_unit_test(ascii_has_no_isolates),
        cmocka_unit_test(the_heading_stands_at_the_right_edge_if_it_fits),
        cmocka_unit_test(an_empty_map_is_only_its_heading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
