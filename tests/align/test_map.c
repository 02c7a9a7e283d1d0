/* Maps from translations: which table, its mean, words, </s>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "align/map.h"
#include "fixture.h"

static const float CLOSE = 1e-6f;

/* The labels with spaces between them. */
static void expect_labels(const MapLabel *labels, size_t n, const char *expected) {
    char got[256] = "";
    for (size_t i = 0; i < n; i++) {
        strcat(got, i ? " " : "");
        strcat(got, labels[i].text);
    }
    assert_string_equal(got, expected);
}

static void expect_row_sums(const Map *map, float sum) {
    for (size_t i = 0; i < map->n_target; i++) {
        float total = 0;
        for (size_t j = 0; j < map->n_source; j++) total += map->cells[i * map->n_source + j];
        assert_float_equal(total, sum, CLOSE);
    }
}

static void a_layer_and_head_is_their_table(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapList maps;
    Error err;
    assert_true(map_make(&t, (MapChoice){.layer = 1, .head = 2}, &maps, &err));
    assert_int_equal(maps.n, 1);
    const Map *map = maps.items;
    assert_int_equal(map->n_target, 6);
    assert_int_equal(map->n_source, 5);
    assert_int_equal(map->layer, 1);
    assert_int_equal(map->head, 2);
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 5; j++) assert_true(map->cells[i * 5 + j] == fixture_cell(1, 2, i, j));
    expect_labels(map->target, 6, "▁J ' ▁ch at . </s>");
    expect_labels(map->source, 5, "▁I ▁c at . </s>");
    map_list_free(&maps);
}

static void a_mean_is_over_the_heads_of_a_layer(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapList maps;
    Error err;
    assert_true(map_make(&t, (MapChoice){.layer = 0, .head = MAP_MEAN}, &maps, &err));
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 5; j++) {
            float mean =
                (fixture_cell(0, 0, i, j) + fixture_cell(0, 1, i, j) + fixture_cell(0, 2, i, j)) /
                3;
            assert_float_equal(maps.items->cells[i * 5 + j], mean, CLOSE);
        }
    assert_int_equal(maps.items->head, MAP_MEAN);
    assert_int_equal(maps.items->n_heads, 3);
    map_list_free(&maps);
}

static void words_sum_source_and_average_target(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapList maps;
    Error err;
    assert_true(map_make(&t, (MapChoice){.layer = 1, .head = 0, .words = true}, &maps, &err));
    const Map *map = maps.items;
    expect_labels(map->target, map->n_target, "J' chat . </s>");
    expect_labels(map->source, map->n_source, "I cat . </s>");
    float expected = (fixture_cell(1, 0, 2, 1) + fixture_cell(1, 0, 2, 2) +
                      fixture_cell(1, 0, 3, 1) + fixture_cell(1, 0, 3, 2)) /
                     2;
    assert_float_equal(map->cells[1 * 4 + 1], expected, CLOSE);
    assert_float_equal(map->cells[0 * 4 + 2],
                       (fixture_cell(1, 0, 0, 3) + fixture_cell(1, 0, 1, 3)) / 2, CLOSE);
    assert_float_equal(map->cells[3 * 4 + 0], fixture_cell(1, 0, 5, 0), CLOSE);
    expect_row_sums(map, 1.0f);
    assert_true(map->target[3].eos);
    assert_false(map->target[2].eos);
    map_list_free(&maps);
}

static void a_dropped_end_leaves_the_rest_as_it_was(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapList maps;
    Error err;
    MapChoice choice = {.layer = 0, .head = 1, .drop_eos = true};
    assert_true(map_make(&t, choice, &maps, &err));
    const Map *map = maps.items;
    assert_int_equal(map->n_target, 5);
    assert_int_equal(map->n_source, 4);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 4; j++) assert_true(map->cells[i * 4 + j] == fixture_cell(0, 1, i, j));
    map_list_free(&maps);

    choice.words = true;
    assert_true(map_make(&t, choice, &maps, &err));
    expect_labels(maps.items->target, maps.items->n_target, "J' chat .");
    expect_labels(maps.items->source, maps.items->n_source, "I cat .");
    map_list_free(&maps);
}

static void a_cut_target_has_no_end_to_drop(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    t.target.n = 2;  // rows 0 and 1 of the only table that we look at
    t.n_layers = t.n_heads = 1;
    MapList maps;
    Error err;
    assert_true(map_make(&t, (MapChoice){.drop_eos = true}, &maps, &err));
    expect_labels(maps.items->target, maps.items->n_target, "▁J '");
    assert_int_equal(maps.items->n_source, 4);
    map_list_free(&maps);
}

static void all_maps_come_layer_by_layer(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapList maps;
    Error err;
    assert_true(map_make(&t, (MapChoice){.layer = MAP_ALL, .head = MAP_ALL}, &maps, &err));
    assert_int_equal(maps.n, 6);
    for (int k = 0; k < 6; k++) {
        assert_int_equal(maps.items[k].layer, k / 3);
        assert_int_equal(maps.items[k].head, k % 3);
        assert_true(maps.items[k].cells[7] == fixture_cell(k / 3, k % 3, 1, 2));
    }
    map_list_free(&maps);
    assert_true(map_make(&t, (MapChoice){.layer = MAP_ALL, .head = MAP_MEAN}, &maps, &err));
    assert_int_equal(maps.n, 2);
    map_list_free(&maps);
}

static void labels_know_where_words_start(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapList maps;
    Error err;
    assert_true(map_make(&t, (MapChoice){0}, &maps, &err));
    const MapLabel *target = maps.items->target;
    bool starts[] = {true, false, true, false, true, true};
    bool spaced[] = {true, false, true, false, false, true};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(target[i].starts, starts[i]);
        assert_int_equal(target[i].spaced, spaced[i]);
        assert_int_equal(target[i].eos, i == 5);
    }
    map_list_free(&maps);
}

static void the_default_is_the_alignment_head(void **state) {
    (void)state;
    xattn_info info = {.decoder_layers = 4,
                       .decoder_heads = 8,
                       .has_alignment_head = true,
                       .alignment_layer = 2,
                       .alignment_head = 5};
    assert_int_equal(map_default(&info).layer, 2);
    assert_int_equal(map_default(&info).head, 5);
    info.has_alignment_head = false;
    assert_int_equal(map_default(&info).layer, 3);
    assert_int_equal(map_default(&info).head, MAP_MEAN);
    assert_false(map_default(&info).words);
}

static void wrong_choices_are_refused(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapList maps;
    Error err;
    assert_false(map_make(&t, (MapChoice){.layer = 2}, &maps, &err));
    assert_string_equal(err.text, "layer 2: the decoder has layers 0 to 1");
    assert_false(map_make(&t, (MapChoice){.head = 3}, &maps, &err));
    assert_string_equal(err.text, "head 3: the decoder has heads 0 to 2");
    assert_false(map_make(&t, (MapChoice){.layer = MAP_MEAN}, &maps, &err));
    t.attention = NULL;
    assert_false(map_make(&t, (MapChoice){0}, &maps, &err));
    assert_non_null(strstr(err.text, "was not kept"));
}

static void an_empty_translation_has_an_empty_map(void **state) {
    (void)state;
    xattn_translation t = {.text = fixture_pieces[0]};
    MapList maps;
    Error err;
    assert_true(map_make(&t, (MapChoice){.layer = 1, .head = MAP_MEAN}, &maps, &err));
    assert_int_equal(maps.n, 1);
    assert_int_equal(maps.items->n_target, 0);
    assert_int_equal(maps.items->n_source, 0);
    map_list_free(&maps);
}

static void the_strongest_is_the_first_of_equals(void **state) {
    (void)state;
    const float cells[] = {0.1f, 0.4f, 0.4f, 0.1f, 0.2f, 0.7f};
    Map map = {.n_target = 2, .n_source = 3, .cells = cells};
    assert_int_equal(map_strongest(&map, 0), 1);
    assert_int_equal(map_strongest(&map, 1), 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_and_head_is_their_table),
        cmocka_unit_test(a_mean_is_over_the_heads_of_a_layer),
        cmocka_unit_test(words_sum_source_and_average_target),
        cmocka_unit_test(a_dropped_end_leaves_the_rest_as_it_was),
        cmocka_unit_test(a_cut_target_has_no_end_to_drop),
        cmocka_unit_test(all_maps_come_layer_by_layer),
        cmocka_unit_test(labels_know_where_words_start),
        cmocka_unit_test(the_default_is_the_alignment_head),
        cmocka_unit_test(wrong_choices_are_refused),
        cmocka_unit_test(an_empty_translation_has_an_empty_map),
        cmocka_unit_test(the_strongest_is_the_first_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
