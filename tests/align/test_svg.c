/* The text of pictures. tests/browser renders them and compares colours. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "align/svg.h"

#define LABEL(text) \
    { text, true, true, false }

static const xattn_label target[] = {LABEL("▁a<b>&\"c\""), {"d\x1b\uFFFE", false, false, false}};
static const xattn_label source[] = {LABEL("▁سلام"), LABEL("x"), {"</s>", true, true, true}};
static const float cells[] = {0.0f, 1.0f, 0.0f, 0.04f, 0.5f, 0.46f};
static const xattn_map map = {.n_target = 2,
                              .n_source = 3,
                              .target = target,
                              .source = source,
                              .cells = cells,
                              .layer = 1,
                              .head = XATTN_MEAN,
                              .n_heads = 4};

/* The document of n copies of the map, to free. */
static Buffer drawn(size_t n, SvgStyle style) {
    xattn_map items[4] = {map, map, map, map};
    items[0].layer = items[1].layer = 0;
    const xattn_map *list[] = {items, items + 1, items + 2, items + 3};
    xattn_maps maps = {.items = list, .n = n};
    Error err;
    Buffer out = {0};
    assert_true(svg_draw(&maps, style, &out, &err));
    return out;
}

static size_t count(const Buffer *out, const char *part) {
    size_t n = 0;
    for (const char *at = out->data; (at = strstr(at, part)); at += strlen(part)) n++;
    return n;
}

static void every_cell_has_its_colour_and_title(void **state) {
    (void)state;
    Buffer out = drawn(1, SVG_HEAT);
    assert_int_equal(count(&out, "<rect x="), 6 + 1);
    assert_int_equal(count(&out, "rx=\"3\" fill=\"#f2fdfc\">"), 2);                    // 0
    assert_int_equal(count(&out, "rx=\"3\" fill=\"#2a2b89\" stroke=\"#10163a\""), 1);  // 1
    assert_int_equal(count(&out, "rx=\"3\" fill=\"#09a2da\" stroke=\"#10163a\""), 1);  // 0.5
    assert_non_null(strstr(out.data, "\u2190 x: 50.0%</title>"));
    assert_non_null(strstr(out.data, "layer 0, mean of 4 heads</text>"));
    assert_non_null(strstr(out.data, " fill=\"#ffffff\">100</text>"));
    assert_null(strstr(out.data, "%%"));
    buffer_free(&out);
}

/* The relative luminance of WCAG 2 of the first #rrggbb at or after `at`. */
static double luminance(const char *at) {
    static const double weights[] = {0.2126, 0.7152, 0.0722};
    unsigned rgb[3];
    double sum = 0;
    assert_int_equal(sscanf(strchr(at, '#'), "#%2x%2x%2x", rgb, rgb + 1, rgb + 2), 3);
    for (int k = 0; k < 3; k++) {
        double x = rgb[k] / 255.0;
        sum += weights[k] * (x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static void numbers_are_legible_on_every_colour(void **state) {
    (void)state;
    for (int i = 0; i <= 1000; i++) {
        float cell = (float)i / 1000;
        xattn_map one = map;
        one.n_target = one.n_source = 1;
        one.cells = &cell;
        const xattn_map *list[] = {&one};
        Error err;
        Buffer out = {0};
        assert_true(svg_draw(&(xattn_maps){.items = list, .n = 1}, SVG_HEAT, &out, &err));
        const char *text = strstr(out.data, "font-weight=\"bold\""), *end = strchr(text, '>');
        const char *fill = strstr(text, "fill=");
        const char *root = strstr(out.data, "fill=\"#");  // the text that says no colour
        double a = luminance(fill && fill < end ? fill : root);
        double b = luminance(strstr(out.data, "rx=\"3\" fill="));
        double contrast = a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
        if (contrast < 4.5) fail_msg("%.1f %%: a contrast of %.2f", i / 10.0, contrast);
        buffer_free(&out);
    }
}

static void text_is_escaped_and_control_characters_shown(void **state) {
    (void)state;
    Buffer out = drawn(1, SVG_HEAT);
    assert_non_null(strstr(out.data, ">a&lt;b&gt;&amp;\"c\"</text>"));
    assert_non_null(strstr(out.data, ">+d␛U+FFFE</text>"));
    assert_non_null(strstr(out.data, " fill=\"#8a8f98\">&lt;/s&gt;</text>"));
    buffer_free(&out);
}

static void short_labels_stand_upright(void **state) {
    (void)state;
    Buffer out = drawn(1, SVG_HEAT);
    assert_non_null(strstr(out.data, "\" text-anchor=\"middle\">سلام</text>"));
    assert_null(strstr(out.data, "rotate"));
    buffer_free(&out);
    xattn_map one = map;
    const xattn_label longer[] = {LABEL("Rindfleisch"), LABEL("x"), LABEL("y")};
    one.source = longer;
    xattn_maps maps = {.items = (const xattn_map *[]){&one}, .n = 1};
    Error err;
    assert_true(svg_draw(&maps, SVG_HEAT, &out, &err));
    assert_int_equal(count(&out, " rotate(-45)\" text-anchor=\"start\">"), 3);
    buffer_free(&out);
}

static void links_above_a_twentieth_are_lines(void **state) {
    (void)state;
    Buffer out = drawn(1, SVG_LINES);
    assert_int_equal(count(&out, "<path "), 3);
    assert_int_equal(count(&out, "stroke-width=\"5.0\" stroke-opacity=\"1.00\""), 1);
    assert_int_equal(count(&out, "stroke-width=\"3.0\" stroke-opacity=\"0.62\""), 1);
    assert_int_equal(count(&out, "<text "), 3 + 2 + 1);
    buffer_free(&out);
}

static void several_maps_are_panels(void **state) {
    (void)state;
    Buffer out = drawn(4, SVG_HEAT), one = drawn(1, SVG_HEAT);
    int width, height;
    assert_int_equal(
        sscanf(strstr(one.data, "viewBox=\"0 0 "), "viewBox=\"0 0 %d %d", &width, &height), 2);
    char place[64];
    for (int k = 0; k < 4; k++) {  // the scale at the bottom is there once
        snprintf(place, sizeof place, "<g transform=\"translate(%d %d)\">", k % 2 * width,
                 k / 2 * (height - 34));
        assert_int_equal(count(&out, place), 1);
    }
    assert_int_equal(count(&out, "layer 0, mean"), 2);
    assert_int_equal(count(&out, "linearGradient id="), 1);
    buffer_free(&out);
    buffer_free(&one);
}

static void nothing_is_an_empty_picture(void **state) {
    (void)state;
    Buffer out = drawn(0, SVG_LINES);
    assert_non_null(strstr(out.data, "viewBox=\"0 0 40 40\""));
    assert_null(strstr(out.data, "<g"));
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_has_its_colour_and_title),
        cmocka_unit_test(numbers_are_legible_on_every_colour),
        cmocka_unit_test(text_is_escaped_and_control_characters_shown),
        cmocka_unit_test(short_labels_stand_upright),
        cmocka_unit_test(links_above_a_twentieth_are_lines),
        cmocka_unit_test(several_maps_are_panels),
        cmocka_unit_test(nothing_is_an_empty_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
