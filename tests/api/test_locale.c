/* A host in Germany, where numbers have a comma, or in Turkey, where the capital of i is İ: models open
   as they do anywhere else, and everything that the library writes has the same bytes. */
#include <stdio.h>

#include "api.h"
#include "foreign_locale.h"

static const char *const texts[] = {"the cat. sat on 1.5 mats!", "THE INN IS IN.",
                                    "https://a.example/I?x=0.5"};
enum { N_TEXTS = sizeof texts / sizeof texts[0] };

/* int8 weights, SSRUs, a shortlist, and settings with fractions. */
static char *write_firefox(void) {
    static const char settings[] = "beam-size: 2\nnormalize: 0.5\nmax-length-factor: 1.5\n";
    TinyFirefox options = tiny_firefox_default();
    options.shortlist = true;
    options.eos_bias = 2.0F;
    char *directory = tiny_firefox_write(&options);
    tiny_file_write(directory, "config.xxyy.yml", settings, sizeof settings - 1);
    return directory;
}

static char *write_marian(void) {
    TinyModel options = tiny_model_default();
    options.lowercase_capitals = true;
    options.eos_bias = 1.0F;
    char *directory = tiny_model_write(&options);
    tiny_file_replace(directory, "generation_config.json", "\"num_beams\": 1",
                      "\"num_beams\": 2, \"length_penalty\": 0.5");
    return directory;
}

/* Every rendering of a translation with all of its numbers. */
static void render(const xattn_translation *t, xattn_buffer *out) {
    static const xattn_format formats[] = {XATTN_TERMINAL, XATTN_TSV, XATTN_PHARAOH, XATTN_SVG};
    xattn_map_options words = {XATTN_MAP_OPTIONS, .words = true};
    xattn_maps *maps = xattn_maps_of(t, &words, NULL);
    assert_non_null(maps);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        assert_true(xattn_maps_draw(maps, formats[i], NULL, out, NULL));
    xattn_maps_free(maps);
    assert_true(xattn_translation_json(t, &words, out, NULL));
    assert_true(xattn_html_translation(t, NULL, out, NULL));
}

/* What a program gets from the model in a directory, from opening it to the last rendering. */
static xattn_buffer use(const char *directory) {
    xattn_options options = {XATTN_OPTIONS, .scores = true, .attention = true, .runners_up = 2};
    xattn_translation *translations[N_TEXTS];
    xattn_buffer out = {0};
    xattn_error error;
    xattn_model *model = xattn_open(directory, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    const xattn_info *info = xattn_describe(model);
    assert_int_equal(info->beam, 2);
    assert_true(info->length_penalty == 0.5F);
    if (!xattn_translate(model, texts, N_TEXTS, &options, translations, &error))
        fail_msg("%s", error.text);
    xattn_close(model);
    for (size_t i = 0; i < N_TEXTS; i++) {
        assert_true(translations[i]->text[0]);
        render(translations[i], &out);
        xattn_translation_free(translations[i]);
    }
    assert_false(out.failed);
    return out;
}

/* In a locale with a decimal comma, as printf proves. */
static void expect_the_same(char *directory, const char *definition) {
    char text[16];
    xattn_buffer usual = use(directory);
    bool foreign = locale_enter(definition);
    if (foreign) {
        snprintf(text, sizeof text, "%.1f", 0.5);
        assert_string_equal(text, "0,5");
        xattn_buffer there = use(directory);
        snprintf(text, sizeof text, "%.1f", 0.5);
        assert_string_equal(text, "0,5");  // the library has left it as it was
        assert_int_equal(there.size, usual.size);
        assert_memory_equal(there.data, usual.data, usual.size);
        xattn_buffer_free(&there);
    }
    xattn_buffer_free(&usual);
    tiny_model_remove(directory);
    if (!foreign) skip();
}

static void firefox_in_germany(void **state) {
    (void)state;
    expect_the_same(write_firefox(), "de_DE");
}

static void marian_in_germany(void **state) {
    (void)state;
    expect_the_same(write_marian(), "de_DE");
}

static void firefox_in_turkey(void **state) {
    (void)state;
    expect_the_same(write_firefox(), "tr_TR");
}

static void marian_in_turkey(void **state) {
    (void)state;
    expect_the_same(write_marian(), "tr_TR");
}

static int leave(void **state) {
    (void)state;
    locale_leave();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(firefox_in_germany, leave),
        cmocka_unit_test_teardown(marian_in_germany, leave),
        cmocka_unit_test_teardown(firefox_in_turkey, leave),
        cmocka_unit_test_teardown(marian_in_turkey, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
