/* Maps of a line of several sentences: every sentence has its </s>. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "align/map.h"
#include "text/words.h"

/* "Oi, Zé. Fim." of "Hi, Joe. The end.", which looked straight at its own sentence. */
enum { N_TARGET = 8, N_SOURCE = 9 };
static const char *const target[] = {"\xE2\x96\x81Oi",  ",", "\xE2\x96\x81Z", "\xC3\xA9.", "</s>",
                                     "\342\226\201Fim", ".", "</s>"};
static const char *const source[] = {"\xE2\x96\x81Hi",
                                     ",",
                                     "\xE2\x96\x81Joe",
                                     ".",
                                     "</s>",
                                     "\xE2\x96\x81The",
                                     "\342\226\201end",
                                     ".",
                                     "</s>"};
static const int looked_at[N_TARGET] = {0, 1, 2, 3, 4, 6, 7, 8};

static xattn_translation translation(float attention[N_TARGET * N_SOURCE]) {
    memset(attention, 0, N_TARGET * N_SOURCE * sizeof *attention);
    for (size_t t = 0; t < N_TARGET; t++) attention[t * N_SOURCE + (size_t)looked_at[t]] = 1.0F;
    return (xattn_translation){.text = "Oi, Z\xC3\xA9. Fim.",
                               .source = {.n = N_SOURCE, .pieces = (const char **)source},
                               .target = {.n = N_TARGET, .pieces = (const char **)target},
                               .n_layers = 1,
                               .n_heads = 1,
                               .attention = attention};
}

static void words_end_with_their_sentence(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t first, n;
    } expected[] = {{"Oi", 0, 1},  {",", 1, 1}, {"Z\xC3\xA9.", 2, 2}, {"</s>", 4, 1},
                    {"Fim", 5, 1}, {".", 6, 1}, {"</s>", 7, 1}};
    WordList words;
    Error err = {0};
    assert_true(words_split(target, N_TARGET, &words, &err));
    assert_int_equal(words.n, 7);
    for (size_t w = 0; w < words.n; w++) {
        assert_string_equal(words.items[w].text, expected[w].text);
        assert_int_equal(words.items[w].first, expected[w].first);
        assert_int_equal(words.items[w].n, expected[w].n);
    }
    word_list_free(&words);
}

/* The map with or without </s>, by words or pieces: rows and columns left, and where rows look. */
static void expect_map(bool by_words, bool drop_eos, size_t rows, size_t columns,
                       const char *const *labels, const size_t *strongest) {
    float attention[N_TARGET * N_SOURCE];
    xattn_translation t = translation(attention);
    xattn_map_options choice = {XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true,
                                .words = by_words, .no_eos = drop_eos};
    xattn_maps *maps;
    Error err = {0};
    assert_non_null(maps = xattn_maps_of(&t, &choice, &err));
    const xattn_map *map = maps->items[0];
    assert_true(map->n_target == rows && map->n_source == columns);
    for (size_t i = 0; i < rows; i++) {
        assert_string_equal(map->target[i].text, labels[i]);
        assert_int_equal(map->target[i].eos, strcmp(labels[i], "</s>") == 0);
        assert_int_equal(map_strongest(map, i), strongest[i]);
    }
    xattn_maps_free(maps);
}

static void every_end_is_marked_and_dropped(void **state) {
    (void)state;
    static const char *const words[] = {"Oi", ",", "Z\xC3\xA9.", "</s>", "Fim", ".", "</s>"};
    static const char *const words_alone[] = {"Oi", ",", "Z\xC3\xA9.", "Fim", "."};
    expect_map(true, false, 7, 9, words, (size_t[]){0, 1, 2, 4, 6, 7, 8});
    expect_map(true, true, 5, 7, words_alone, (size_t[]){0, 1, 2, 5, 6});
    static const char *const pieces_alone[] = {"\xE2\x96\x81Oi",  ",", "\xE2\x96\x81Z", "\xC3\xA9.",
                                               "\342\226\201Fim", "."};
    expect_map(false, true, 6, 7, pieces_alone, (size_t[]){0, 1, 2, 3, 5, 6});
}

/* Words are counted through the line, whether </s> is in the map or not. */
static void links_count_words_alone(void **state) {
    (void)state;
    for (int drop_eos = 0; drop_eos < 2; drop_eos++) {
        float attention[N_TARGET * N_SOURCE];
        xattn_translation t = translation(attention);
        xattn_map_options choice = {XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true,
                                    .words = true, .no_eos = drop_eos};
        xattn_maps *maps;
        xattn_links links = {0};
        Buffer out = {0};
        Error err = {0};
        assert_non_null(maps = xattn_maps_of(&t, &choice, &err));
        assert_true(xattn_links_of(maps->items[0], 0.0F, &links, &err));
        assert_true(xattn_links_write(&links, &out, &err));
        assert_string_equal(out.data, "0-0 1-1 2-2 5-3 6-4");
        buffer_free(&out);
        xattn_links_free(&links);
        xattn_maps_free(maps);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_end_with_their_sentence),
        cmocka_unit_test(every_end_is_marked_and_dropped),
        cmocka_unit_test(links_count_words_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
