/* Tables, to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "align/tsv.h"

static const xattn_label target[] = {{"▁a\tb", true, true, false},
                                     {"c\\\n\r", false, false, false}};
static const xattn_label source[] = {
    {"▁x", true, true, false}, {"\"y", true, false, false}, {"</s>", true, true, true}};
static const float cells[] = {0.1f, 0.7f, 0.2f, 1e-9f, 0.0f, 1.0f};
static const xattn_map map = {.n_target = 2,
                              .n_source = 3,
                              .target = target,
                              .source = source,
                              .cells = cells,
                              .layer = 1,
                              .head = XATTN_MEAN,
                              .n_heads = 4};

static void expect_table(xattn_map *items, size_t n, const char *expected) {
    const xattn_map *list[] = {items, items + 1};
    xattn_maps maps = {.items = list, .n = n};
    Error err;
    Buffer out = {0};
    assert_true(tsv_write(&maps, &out, &err));
    assert_string_equal(out.data ? out.data : "", expected);
    buffer_free(&out);
}

static void one_map_is_one_table(void **state) {
    (void)state;
    xattn_map items[] = {map};
    expect_table(items, 1,
                 "\t▁x\t\"\"\"y\"\t</s>\n"
                 "\"▁a\tb\"\t0.1\t0.7\t0.2\n"
                 "\"c\\\n\r\"\t1e-09\t0\t1\n");
}

static void several_maps_have_names(void **state) {
    (void)state;
    xattn_map items[] = {map, map};
    items[0].n_target = items[1].n_target = 1;
    items[1].head = 2;
    expect_table(items, 2,
                 "# layer 1, mean of 4 heads\n"
                 "\t▁x\t\"\"\"y\"\t</s>\n"
                 "\"▁a\tb\"\t0.1\t0.7\t0.2\n"
                 "\n"
                 "# layer 1, head 2\n"
                 "\t▁x\t\"\"\"y\"\t</s>\n"
                 "\"▁a\tb\"\t0.1\t0.7\t0.2\n");
}

/* tests/goldens/text/map.tsv is what pandas makes of these labels and numbers (scripts/parity/tsv.py). */
static void a_table_is_what_pandas_writes(void **state) {
    (void)state;
    static const char *const rows[] = {"▁a\tb", "c\\\n\r", "\"", "NA", "plain"};
    static const char *const columns[] = {"▁x", "\"y", "</s>", "a\nb", "😀",
                                          " ",  "#1",  "'q'",  "a,b",  "\\"};
    enum { N_ROWS = sizeof rows / sizeof *rows, N_COLUMNS = sizeof columns / sizeof *columns };
    xattn_label row_labels[N_ROWS], column_labels[N_COLUMNS];
    float numbers[N_ROWS * N_COLUMNS];
    char expected[2048];
    for (size_t i = 0; i < N_ROWS; i++) row_labels[i] = (xattn_label){.text = rows[i]};
    for (size_t j = 0; j < N_COLUMNS; j++) column_labels[j] = (xattn_label){.text = columns[j]};
    for (size_t k = 0; k < N_ROWS * N_COLUMNS; k++) numbers[k] = (float)(1.0 / (double)(1 + k));
    FILE *file = fopen("tests/goldens/text/map.tsv", "rb");
    assert_non_null(file);
    expected[fread(expected, 1, sizeof expected - 1, file)] = '\0';
    fclose(file);
    xattn_map table = {.n_target = N_ROWS,
                       .n_source = N_COLUMNS,
                       .target = row_labels,
                       .source = column_labels,
                       .cells = numbers};
    expect_table(&table, 1, expected);
}

static void no_map_is_nothing(void **state) {
    (void)state;
    expect_table(NULL, 0, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_map_is_one_table),
        cmocka_unit_test(several_maps_have_names),
        cmocka_unit_test(a_table_is_what_pandas_writes),
        cmocka_unit_test(no_map_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
