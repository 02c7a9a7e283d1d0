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
static void expect_labels(const xattn_label *labels, size_t n, const char *expected) {
    char got[256] = "";
    for (size_t i = 0; i < n; i++) {
        strcat(got, i ? " " : "");
        strcat(got, labels[i].text);
    }
    assert_string_equal(got, expected);
}

static void expect_row_sums(const xattn_map *map, float sum) {
    for (size_t i = 0; i < map->n_target; i++) {
        float total = 0;
        for (size_t j = 0; j < map->n_source; j++) total += map->cells[i * map->n_source + j];
        assert_float_equal(total, sum, CLOSE);
    }
}

static void a_layer_and_head_is_their_table(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    assert_non_null(maps =
                        xattn_maps_of(&t,
                                      &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true,
                                                           .has_head = true, .layer = 1, .head = 2},
                                      &err));
    assert_int_equal(maps->n, 1);
    const xattn_map *map = maps->items[0];
    assert_int_equal(map->n_target, 6);
    assert_int_equal(map->n_source, 5);
    assert_int_equal(map->layer, 1);
    assert_int_equal(map->head, 2);
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 5; j++) assert_true(map->cells[i * 5 + j] == fixture_cell(1, 2, i, j));
    expect_labels(map->target, 6, "▁J ' ▁ch at . </s>");
    expect_labels(map->source, 5, "▁I ▁c at . </s>");
    xattn_maps_free(maps);
}

static void a_mean_is_over_the_heads_of_a_layer(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    assert_non_null(maps = xattn_maps_of(&t,
                                         &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true,
                                                              .has_head = true, .head = XATTN_MEAN},
                                         &err));
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 5; j++) {
            float mean =
                (fixture_cell(0, 0, i, j) + fixture_cell(0, 1, i, j) + fixture_cell(0, 2, i, j)) /
                3;
            assert_float_equal(maps->items[0]->cells[i * 5 + j], mean, CLOSE);
        }
    assert_int_equal(maps->items[0]->head, XATTN_MEAN);
    assert_int_equal(maps->items[0]->n_heads, 3);
    xattn_maps_free(maps);
}

static void words_sum_source_and_average_target(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    assert_non_null(
        maps = xattn_maps_of(&t,
                             &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true,
                                                  .has_head = true, .layer = 1, .words = true},
                             &err));
    const xattn_map *map = maps->items[0];
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
    xattn_maps_free(maps);
}

static void a_dropped_end_leaves_the_rest_as_it_was(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    xattn_map_options choice = {XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true, .head = 1,
                                .no_eos = true};
    assert_non_null(maps = xattn_maps_of(&t, &choice, &err));
    const xattn_map *map = maps->items[0];
    assert_int_equal(map->n_target, 5);
    assert_int_equal(map->n_source, 4);
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 4; j++) assert_true(map->cells[i * 4 + j] == fixture_cell(0, 1, i, j));
    xattn_maps_free(maps);

    choice.words = true;
    assert_non_null(maps = xattn_maps_of(&t, &choice, &err));
    expect_labels(maps->items[0]->target, maps->items[0]->n_target, "J' chat .");
    expect_labels(maps->items[0]->source, maps->items[0]->n_source, "I cat .");
    xattn_maps_free(maps);
}

static void a_cut_target_has_no_end_to_drop(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    t.target.n = 2;  // rows 0 and 1 of the only table that we look at
    t.n_layers = t.n_heads = 1;
    xattn_maps *maps;
    Error err;
    assert_non_null(maps = xattn_maps_of(&t,
                                         &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true,
                                                              .has_head = true, .no_eos = true},
                                         &err));
    expect_labels(maps->items[0]->target, maps->items[0]->n_target, "▁J '");
    assert_int_equal(maps->items[0]->n_source, 4);
    xattn_maps_free(maps);
}

static void all_maps_come_layer_by_layer(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    assert_non_null(maps = xattn_maps_of(
                        &t,
                        &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true,
                                             .layer = XATTN_ALL, .head = XATTN_ALL},
                        &err));
    assert_int_equal(maps->n, 6);
    for (int k = 0; k < 6; k++) {
        assert_int_equal(maps->items[k]->layer, k / 3);
        assert_int_equal(maps->items[k]->head, k % 3);
        assert_true(maps->items[k]->cells[7] == fixture_cell(k / 3, k % 3, 1, 2));
    }
    xattn_maps_free(maps);
    assert_non_null(maps = xattn_maps_of(
                        &t,
                        &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true,
                                             .layer = XATTN_ALL, .head = XATTN_MEAN},
                        &err));
    assert_int_equal(maps->n, 2);
    xattn_maps_free(maps);
}

static void labels_know_where_words_start(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    assert_non_null(
        maps = xattn_maps_of(
            &t, &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true},
            &err));
    const xattn_label *target = maps->items[0]->target;
    bool starts[] = {true, false, true, false, true, true};
    bool spaced[] = {true, false, true, false, false, true};
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(target[i].starts, starts[i]);
        assert_int_equal(target[i].spaced, spaced[i]);
        assert_int_equal(target[i].eos, i == 5);
    }
    xattn_maps_free(maps);
}

static void expect_choice(const xattn_translation *t, xattn_map_options options, int layer,
                          int head) {
    MapChoice choice;
    Error err = {0};
    if (!map_choose(t, &options, &choice, &err)) fail_msg("%s", err.text);
    assert_int_equal(choice.layer, layer);
    assert_int_equal(choice.head, head);
}

static void the_default_is_the_map_to_look_at_first(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    assert_non_null(maps = xattn_maps_of(&t, NULL, &err));
    assert_int_equal(maps->n, 1);
    assert_true(maps->items[0]->layer == 1 && maps->items[0]->head == XATTN_MEAN);
    assert_false(maps->items[0]->words || maps->items[0]->is_trained);
    xattn_maps_free(maps);
    t.map_layer = 0;
    t.map_head = 2;
    t.map_is_trained = true;
    assert_non_null(maps = xattn_maps_of(&t, NULL, &err));
    assert_true(maps->items[0]->layer == 0 && maps->items[0]->head == 2);
    assert_true(maps->items[0]->is_trained);
    assert_string_equal(maps->title, "J'chat.");
    xattn_maps_free(maps);
}

/* A layer alone, a head alone. */
static void half_a_choice_is_completed(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    t.map_layer = 0;
    t.map_head = 2;
    expect_choice(&t, (xattn_map_options){XATTN_MAP_OPTIONS}, 0, 2);
    expect_choice(&t, (xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true}, 0, 2);
    expect_choice(&t, (xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .layer = 1}, 1,
                  XATTN_MEAN);
    expect_choice(&t, (xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .layer = XATTN_ALL},
                  XATTN_ALL, XATTN_ALL);
    expect_choice(&t, (xattn_map_options){XATTN_MAP_OPTIONS, .has_head = true, .head = 1}, 0, 1);
}

static void a_number_without_its_flag_is_refused(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    Error err = {0};
    assert_null(xattn_maps_of(&t, &(xattn_map_options){XATTN_MAP_OPTIONS, .layer = 1}, &err));
    assert_int_equal(err.kind, XATTN_USAGE);
    assert_null(xattn_maps_of(&t, &(xattn_map_options){XATTN_MAP_OPTIONS, .head = 1}, NULL));
    assert_null(xattn_maps_of(&t, &(xattn_map_options){.words = true}, &err));  // no size
    assert_int_equal(err.kind, XATTN_USAGE);
}

static void a_table_of_ones_own_is_a_map(void **state) {
    (void)state;
    static const char *const rows[] = {"a", "b"}, *const columns[] = {"x", "y", "z"};
    static const float cells[] = {0.1F, 0.2F, 0.7F, 1.0F, 0.0F, 0.0F};
    Error err;
    Buffer out = {0};
    xattn_maps *maps = xattn_maps_of_table("mine", rows, 2, columns, 3, cells, &err);
    assert_non_null(maps);
    assert_memory_equal(maps->items[0]->cells, cells, sizeof cells);
    expect_labels(maps->items[0]->target, 2, "a b");
    expect_labels(maps->items[0]->source, 3, "x y z");
    map_describe(maps->items[0], &out);
    assert_int_equal(out.size, 0);
    xattn_maps_free(maps);
    assert_non_null(maps = xattn_maps_of_table("", NULL, 0, NULL, 0, NULL, &err));
    assert_int_equal(maps->items[0]->n_target, 0);
    xattn_maps_free(maps);
    xattn_maps_free(NULL);
}

static void wrong_choices_are_refused(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    Error err;
    assert_null(xattn_maps_of(
        &t,
        &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true, .layer = 2},
        &err));
    assert_string_equal(err.text, "layer 2: the decoder has layers 0 to 1");
    assert_null(xattn_maps_of(
        &t, &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true, .head = 3},
        &err));
    assert_string_equal(err.text, "head 3: the decoder has heads 0 to 2");
    assert_null(xattn_maps_of(&t,
                              &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true,
                                                   .has_head = true, .layer = XATTN_MEAN},
                              &err));
    t.attention = NULL;
    assert_null(xattn_maps_of(
        &t, &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true}, &err));
    assert_non_null(strstr(err.text, "was not kept"));
}

static void an_empty_translation_has_an_empty_map(void **state) {
    (void)state;
    xattn_translation t = {.text = "", .n_layers = 2, .n_heads = 3};
    xattn_maps *maps;
    Error err;
    assert_non_null(
        maps = xattn_maps_of(&t,
                             &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true,
                                                  .has_head = true, .layer = 1, .head = XATTN_MEAN},
                             &err));
    assert_int_equal(maps->n, 1);
    assert_int_equal(maps->items[0]->n_target, 0);
    assert_int_equal(maps->items[0]->n_source, 0);
    xattn_maps_free(maps);
}

static void the_strongest_is_the_first_of_equals(void **state) {
    (void)state;
    const float cells[] = {0.1f, 0.4f, 0.4f, 0.1f, 0.2f, 0.7f};
    xattn_map map = {.n_target = 2, .n_source = 3, .cells = cells};
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
        cmocka_unit_test(the_default_is_the_map_to_look_at_first),
        cmocka_unit_test(half_a_choice_is_completed),
        cmocka_unit_test(a_number_without_its_flag_is_refused),
        cmocka_unit_test(a_table_of_ones_own_is_a_map),
        cmocka_unit_test(wrong_choices_are_refused),
        cmocka_unit_test(an_empty_translation_has_an_empty_map),
        cmocka_unit_test(the_strongest_is_the_first_of_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
