/* JSON objects, to the byte. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "fixture.h"

static const char *source_pieces[] = {"▁a", "\"\\", "</s>"};
static const char *target_pieces[] = {"\"\\", "</s>"};
static int source_ids[] = {5, 70, 0}, target_ids[] = {70, 0};
static const float logprobs[] = {-0.1f, -1.23456789f};
static const float attention[] = {0.1f, 0.7f, 0.2f, 1e-9f, 0.0f, 1.0f};

static xattn_translation small_translation(void) {
    return (xattn_translation){.source_text = "x",
                               .text = "\"\\",
                               .source = {3, source_pieces, source_ids},
                               .target = {2, target_pieces, target_ids},
                               .n_sentences = 1,
                               .target_cut = true,
                               .logprobs = logprobs,
                               .score = -1.33456789,
                               .normalized_score = -1.33456789,
                               .n_layers = 1,
                               .n_heads = 1,
                               .attention = attention};
}

static void expect(const xattn_translation *t, const xattn_map_options *maps,
                   const char *expected) {
    Error err = {0};
    Buffer out = {0};
    if (!xattn_translation_json(t, maps, &out, &err)) fail_msg("%s", err.text);
    assert_string_equal(out.data, expected);
    buffer_free(&out);
}

static void what_was_asked_for_is_there(void **state) {
    (void)state;
    xattn_translation t = small_translation();
    t.source_text = "a \"\\\n\x01é";
    expect(&t, &(xattn_map_options){XATTN_MAP_OPTIONS},
           "{\"source\":\"a \\\"\\\\\\n\\u0001é\",\"target\":\"\\\"\\\\\","
           "\"score\":-1.334568,"
           "\"target_pieces\":[\"\\\"\\\\\",\"</s>\"],\"target_ids\":[70,0],"
           "\"token_logprobs\":[-0.1,-1.234568],\"target_cut\":true,\"repeats\":false,"
           "\"source_pieces\":[\"▁a\",\"\\\"\\\\\",\"</s>\"],\"source_ids\":[5,70,0],"
           "\"source_cut\":false,\"sentences\":1,"
           "\"source_labels\":[\"▁a\",\"\\\"\\\\\",\"</s>\"],"
           "\"target_labels\":[\"\\\"\\\\\",\"</s>\"],"
           "\"maps\":[{\"layer\":0,\"head\":0,\"rows\":[[0.1,0.7,0.2],[1e-09,0,1]]}]}");
}

static void what_was_not_asked_for_is_not(void **state) {
    (void)state;
    xattn_translation t = small_translation();
    t.logprobs = NULL;
    t.target_cut = false;
    t.repeats = true;
    t.source_cut = t.unsplit = t.untagged = true;
    expect(&t, NULL,
           "{\"source\":\"x\",\"target\":\"\\\"\\\\\","
           "\"target_pieces\":[\"\\\"\\\\\",\"</s>\"],\"target_ids\":[70,0],"
           "\"target_cut\":false,\"repeats\":true,"
           "\"source_pieces\":[\"▁a\",\"\\\"\\\\\",\"</s>\"],\"source_ids\":[5,70,0],"
           "\"source_cut\":true,\"sentences\":1,\"untagged\":true,\"unsplit\":true}");
}

/* Of a step the impossible may be among the runners-up, and has no number. */
static void runners_up_are_lists(void **state) {
    (void)state;
    static const xattn_runner_up others[] = {
        {"▁b", 3, -0.5f}, {"<", 4, -2.0f}, {"</s>", 0, 0.0f}, {"c", 9, -INFINITY}};
    xattn_translation t = small_translation();
    Error err;
    Buffer out = {0};
    t.n_runners_up = 2;
    t.runners_up = others;
    assert_true(xattn_translation_json(&t, NULL, &out, &err));
    assert_non_null(strstr(out.data,
                           "\"runners_up\":[[{\"piece\":\"▁b\",\"id\":3,\"logprob\":-0.5},"
                           "{\"piece\":\"<\",\"id\":4,\"logprob\":-2}],"
                           "[{\"piece\":\"</s>\",\"id\":0,\"logprob\":0},"
                           "{\"piece\":\"c\",\"id\":9,\"logprob\":null}]],\"source_pieces\""));
    buffer_free(&out);
}

/* The best is the object itself: it is not said twice. */
static void alternatives_are_the_others(void **state) {
    (void)state;
    static const float other_attention[] = {0.25f, 0.25f, 0.5f};
    xattn_translation t = small_translation(), other = small_translation();
    const xattn_translation *others[] = {&other};
    other.text = "";
    other.target = (xattn_tokens){1, target_pieces + 1, target_ids + 1};
    other.score = other.normalized_score = -2.5;
    other.attention = other_attention;
    other.target_cut = false;
    t.normalized_score = -0.5;
    t.alternatives = others;
    t.n_alternatives = 1;
    Error err;
    Buffer out = {0};
    xattn_map_options mean = {XATTN_MAP_OPTIONS, .has_head = true, .head = XATTN_MEAN};
    assert_true(xattn_translation_json(&t, &mean, &out, &err));
    assert_non_null(strstr(out.data, "\"score\":-1.334568,\"normalized_score\":-0.5,"));
    char *list = strstr(out.data, ",\"maps\":");
    assert_non_null(list);
    assert_string_equal(
        list,
        ",\"maps\":[{\"layer\":0,\"head\":\"mean\",\"rows\":[[0.1,0.7,0.2],[1e-09,0,1]]}],"
        "\"alternatives\":["
        "{\"target\":\"\",\"score\":-2.5,\"target_pieces\":[\"</s>\"],\"target_ids\":[0],"
        "\"token_logprobs\":[-0.1],\"target_cut\":false,\"repeats\":false,"
        "\"target_labels\":[\"</s>\"],"
        "\"maps\":[{\"layer\":0,\"head\":\"mean\",\"rows\":[[0.25,0.25,0.5]]}]}]}");
    buffer_free(&out);
}

/* Two heads of sixteenths, so that means and sums are exact. */
static void fill_sixteenths(float *cells) {
    for (int table = 0; table < 4; table++)
        for (int i = 0; i < FIXTURE_TARGET; i++)
            for (int j = 0; j < FIXTURE_SOURCE; j++)
                *cells++ = (float)((table * 11 + i * 7 + j * 3) % 16) / 16;
}

static void maps_of_words_have_words_as_labels(void **state) {
    (void)state;
    static float sixteenths[4 * FIXTURE_TARGET * FIXTURE_SOURCE];
    xattn_translation t = fixture_translation();
    xattn_map_options choice = {XATTN_MAP_OPTIONS, .has_layer = true,  .layer = XATTN_ALL,
                                .has_head = true,  .head = XATTN_MEAN, .words = true,
                                .no_eos = true};
    Error err;
    Buffer out = {0};
    t.n_heads = 2;
    fill_sixteenths(sixteenths);
    t.attention = sixteenths;
    assert_true(xattn_translation_json(&t, &choice, &out, &err));
    char *labels = strstr(out.data, "\"source_labels\"");
    assert_non_null(labels);
    assert_string_equal(
        labels,
        "\"source_labels\":[\"I\",\"cat\",\".\"],\"target_labels\":[\"J'\",\"chat\",\".\"],"
        "\"maps\":[{\"layer\":0,\"head\":\"mean\",\"rows\":[[0.3125,0.9375,0.375],"
        "[0.4375,0.9375,0.5],[0.59375,1.25,0.15625]]},"
        "{\"layer\":1,\"head\":\"mean\",\"rows\":[[0.4375,0.9375,0.5],[0.5625,0.9375,0.625],"
        "[0.46875,0.5,0.53125]]}]}");
    buffer_free(&out);
}

static void an_empty_translation_is_an_object_too(void **state) {
    (void)state;
    xattn_translation t = {.source_text = "", .text = "", .n_layers = 1, .n_heads = 2};
    xattn_map_options all = {XATTN_MAP_OPTIONS, .has_layer = true, .layer = XATTN_ALL,
                             .has_head = true, .head = 1};
    expect(&t, &all,
           "{\"source\":\"\",\"target\":\"\",\"score\":0,\"target_pieces\":[],"
           "\"target_ids\":[],\"token_logprobs\":[],\"target_cut\":false,\"repeats\":false,"
           "\"source_pieces\":[],\"source_ids\":[],\"source_cut\":false,\"sentences\":0,"
           "\"source_labels\":[],\"target_labels\":[],"
           "\"maps\":[{\"layer\":0,\"head\":1,\"rows\":[]}]}");
}

static void maps_need_their_attention(void **state) {
    (void)state;
    xattn_translation t = small_translation();
    Error err = {0};
    Buffer out = {0};
    t.attention = NULL;
    assert_false(xattn_translation_json(&t, &(xattn_map_options){XATTN_MAP_OPTIONS}, &out, &err));
    assert_int_equal(err.kind, XATTN_USAGE);
    assert_int_equal(out.size, 0);
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_asked_for_is_there),
        cmocka_unit_test(what_was_not_asked_for_is_not),
        cmocka_unit_test(runners_up_are_lists),
        cmocka_unit_test(alternatives_are_the_others),
        cmocka_unit_test(maps_of_words_have_words_as_labels),
        cmocka_unit_test(an_empty_translation_is_an_object_too),
        cmocka_unit_test(maps_need_their_attention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
