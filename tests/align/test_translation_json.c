/* JSON objects, to the byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "align/map_json.h"
#include "fixture.h"

static char piece_a[] = "▁a", piece_quote[] = "\"\\", piece_end[] = "</s>";
static char *source_pieces[] = {piece_a, piece_quote, piece_end};
static char *target_pieces[] = {piece_quote, piece_end};
static int source_ids[] = {5, 70, 0}, target_ids[] = {70, 0};
static float logprobs[] = {-0.1f, -1.23456789f};
static float attention[] = {0.1f, 0.7f, 0.2f, 1e-9f, 0.0f, 1.0f};
static char text[] = "\"\\";

static xattn_translation small_translation(void) {
    return (xattn_translation){.text = text,
                               .source = {3, source_pieces, source_ids},
                               .target = {2, target_pieces, target_ids},
                               .target_cut = true,
                               .logprobs = logprobs,
                               .score = -1.33456789,
                               .normalized_score = -1.33456789,
                               .n_layers = 1,
                               .n_heads = 1,
                               .attention = attention};
}

static void expect_text(Buffer *got, const char *expected) {
    assert_string_equal(got->data, expected);
    buffer_free(got);
}

static void a_translation_with_its_map(void **state) {
    (void)state;
    xattn_translation t = small_translation();
    MapList maps;
    Error err;
    Buffer out = {0};
    assert_true(map_make(&t, (MapChoice){0}, &maps, &err));
    assert_true(map_json_translation("a \"\\\n\x01\u00e9", &t, maps.items, &out, &err));
    expect_text(&out,
                "{\"source\":\"a \\\"\\\\\\n\\u0001\u00e9\",\"target\":\"\\\"\\\\\","
                "\"score\":-1.334568,\"source_pieces\":[\"▁a\",\"\\\"\\\\\",\"</s>\"],"
                "\"target_pieces\":[\"\\\"\\\\\",\"</s>\"],\"source_ids\":[5,70,0],"
                "\"target_ids\":[70,0],\"token_logprobs\":[-0.1,-1.234568],\"truncated\":true,"
                "\"layer\":0,\"head\":0,\"alignment\":[[0.1,0.7,0.2],[1e-09,0,1]]}");
    map_list_free(&maps);
}

static void a_translation_without_map_and_scores(void **state) {
    (void)state;
    xattn_translation t = small_translation();
    t.logprobs = NULL;
    t.target_cut = false;
    Error err;
    Buffer out = {0};
    assert_true(map_json_translation("x", &t, NULL, &out, &err));
    expect_text(&out,
                "{\"source\":\"x\",\"target\":\"\\\"\\\\\","
                "\"source_pieces\":[\"▁a\",\"\\\"\\\\\",\"</s>\"],"
                "\"target_pieces\":[\"\\\"\\\\\",\"</s>\"],\"source_ids\":[5,70,0],"
                "\"target_ids\":[70,0],\"truncated\":false}");
}

static void a_cut_source_is_truncated_too(void **state) {
    (void)state;
    xattn_translation t = small_translation();
    t.target_cut = false;
    t.source_cut = true;
    Error err;
    Buffer out = {0};
    assert_true(map_json_translation("x", &t, NULL, &out, &err));
    assert_non_null(strstr(out.data, "\"truncated\":true"));
    buffer_free(&out);
}

/* Two heads of sixteenths, so that means and sums are exact. */
static void fill_sixteenths(float *cells) {
    for (int table = 0; table < 4; table++)
        for (int i = 0; i < FIXTURE_TARGET; i++)
            for (int j = 0; j < FIXTURE_SOURCE; j++)
                *cells++ = (float)((table * 11 + i * 7 + j * 3) % 16) / 16;
}

static void an_n_best_list_is_complete(void **state) {
    (void)state;
    static float other_attention[] = {0.25f, 0.25f, 0.5f};
    xattn_translation t = small_translation(), other = small_translation();
    other.text = "";
    other.target = (xattn_tokens){1, target_pieces + 1, target_ids + 1};
    other.score = other.normalized_score = -2.5;
    other.attention = other_attention;
    other.target_cut = false;
    t.normalized_score = -0.5;
    t.alternatives = &other;
    t.n_alternatives = 1;
    MapList maps;
    Error err;
    Buffer out = {0};
    assert_true(map_make(&t, (MapChoice){.head = MAP_MEAN}, &maps, &err));
    assert_true(map_json_translation("x", &t, maps.items, &out, &err));
    assert_non_null(strstr(out.data, "\"score\":-1.334568,\"normalized_score\":-0.5,"));
    char *list = strstr(out.data, ",\"hypotheses\":");
    assert_non_null(list);
    assert_string_equal(
        list,
        ",\"hypotheses\":["
        "{\"target\":\"\\\"\\\\\",\"score\":-1.334568,\"normalized_score\":-0.5,"
        "\"target_pieces\":[\"\\\"\\\\\",\"</s>\"],\"target_ids\":[70,0],"
        "\"token_logprobs\":[-0.1,-1.234568],\"truncated\":true,"
        "\"layer\":0,\"head\":\"mean\",\"alignment\":[[0.1,0.7,0.2],[1e-09,0,1]]},"
        "{\"target\":\"\",\"score\":-2.5,\"target_pieces\":[\"</s>\"],\"target_ids\":[0],"
        "\"token_logprobs\":[-0.1],\"truncated\":false,"
        "\"layer\":0,\"head\":\"mean\",\"alignment\":[[0.25,0.25,0.5]]}]}");
    map_list_free(&maps);
    buffer_free(&out);
}

static void an_alignment_lists_its_maps(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    MapChoice choice = {.layer = MAP_ALL, .head = MAP_MEAN, .words = true, .drop_eos = true};
    MapList maps;
    Error err;
    Buffer out = {0};
    t.n_heads = 2;
    fill_sixteenths(t.attention);
    assert_true(map_make(&t, choice, &maps, &err));
    assert_true(map_json_alignment("I cat.", t.text, &maps, &out, &err));
    expect_text(
        &out,
        "{\"source\":\"I cat.\",\"target\":\"J'chat.\",\"source_pieces\":[\"I\",\"cat\",\".\"],"
        "\"target_pieces\":[\"J'\",\"chat\",\".\"],\"maps\":["
        "{\"layer\":0,\"head\":\"mean\",\"rows\":[[0.3125,0.9375,0.375],[0.4375,0.9375,0.5],[0."
        "59375,1.25,0.15625]]},"
        "{\"layer\":1,\"head\":\"mean\",\"rows\":[[0.4375,0.9375,0.5],[0.5625,0.9375,0.625],[0."
        "46875,0.5,0.53125]]}]}");
    map_list_free(&maps);
}

static void an_empty_translation_is_an_object_too(void **state) {
    (void)state;
    static char nothing[] = "";
    xattn_translation t = {.text = nothing};
    MapList maps;
    Error err;
    Buffer out = {0};
    assert_true(map_make(&t, (MapChoice){.layer = MAP_ALL, .head = MAP_ALL}, &maps, &err));
    assert_true(map_json_alignment("", "", &maps, &out, &err));
    expect_text(&out,
                "{\"source\":\"\",\"target\":\"\",\"source_pieces\":[],\"target_pieces\":[],"
                "\"maps\":[]}");
    map_list_free(&maps);
    assert_true(map_json_translation("", &t, NULL, &out, &err));
    expect_text(&out,
                "{\"source\":\"\",\"target\":\"\",\"score\":0,\"source_pieces\":[],"
                "\"target_pieces\":[],\"source_ids\":[],\"target_ids\":[],"
                "\"token_logprobs\":[],\"truncated\":false}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_translation_with_its_map),
        cmocka_unit_test(a_translation_without_map_and_scores),
        cmocka_unit_test(a_cut_source_is_truncated_too),
        cmocka_unit_test(an_n_best_list_is_complete),
        cmocka_unit_test(an_alignment_lists_its_maps),
        cmocka_unit_test(an_empty_translation_is_an_object_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
