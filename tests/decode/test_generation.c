/* A model's generation settings, one by one and together, against what transformers makes of them:
   scripts/parity/generation.py wrote tests/goldens/en-fr/generation.tsv, and says what is in it. And
   what transformers has no number for: a model of our own whose settings leave nothing to say. */
#include "../base/scratch.h"
#include "fixture.h"
#include "xattn.h"

#include <dirent.h>
#include <math.h>

enum { MAX_IDS = 300 };

/* Links to all files of the shipped model except the one that is written anew. */
static void link_model(void) {
    char here[512], path[1024];
    DIR *folder = opendir("models/en-fr");
    assert_true(folder && getcwd(here, sizeof here));
    for (struct dirent *file; (file = readdir(folder)) != NULL;) {
        if (file->d_name[0] == '.' || strcmp(file->d_name, "generation_config.json") == 0) continue;
        snprintf(path, sizeof path, "%s/models/en-fr/%.255s", here, file->d_name);
        remove(scratch_path(file->d_name));
        assert_int_equal(symlink(path, scratch_path(file->d_name)), 0);
    }
    closedir(folder);
}

static char *cut_at(char *text, char c) {
    char *at = strchr(text, c);
    assert_non_null(at);
    *at = '\0';
    return at + 1;
}

static void expect(const xattn_model *model, const char *settings, const char *text,
                   const char *expected, double score) {
    xattn_error error;
    xattn_translation *t;
    if (!xattn_translate(model, &text, 1, &(xattn_options){XATTN_OPTIONS, .scores = true}, &t,
                         &error))
        fail_msg("%s: %s", settings, error.text);
    Buffer ids = {0};
    for (size_t i = 0; i < t->target.n; i++)
        buffer_format(&ids, "%s%d", i ? " " : "", t->target.ids[i]);
    if (strcmp(ids.data, expected) != 0)
        fail_msg("%s: %s\n%s, expected\n%s", settings, text, ids.data, expected);
    if (!(fabs(t->normalized_score - score) <= 2e-4 * fmax(1.0, fabs(score))))
        fail_msg("%s: %s: %g, expected %g", settings, text, t->normalized_score, score);
    buffer_free(&ids);
    xattn_translation_free(t);
}

static void as_in_transformers(void **state) {
    (void)state;
    size_t size, n = 0, n_settings = 0;
    char *file = tiny_file_read("tests/goldens/en-fr", "generation.tsv", &size);
    const char *before = "";
    xattn_model *model = NULL;
    xattn_error error;
    link_model();
    for (char *line = file, *next; *line; line = next, n++) {
        next = cut_at(line, '\n');
        char *text = cut_at(line, '\t'), *ids = cut_at(text, '\t'), *score = cut_at(ids, '\t');
        if (strcmp(line, before) != 0) {
            xattn_close(model);
            scratch_write_text("generation_config.json", line);
            model = xattn_open(scratch_folder, NULL, &error);
            if (!model) fail_msg("%s", error.text);
            before = line;
            n_settings++;
        }
        expect(model, line, text, ids, strtod(score, NULL));
    }
    assert_true(n > 250 && n_settings > 45);
    xattn_close(model);
    free(file);
}

/* An option wins over the model's own. */
static void options_win(void **state) {
    (void)state;
    xattn_error error;
    link_model();
    scratch_write_text("generation_config.json", "{\"num_beams\": 4, \"max_length\": 256}");
    xattn_model *model = xattn_open(scratch_folder, NULL, &error), *plain;
    if (!model) fail_msg("%s", error.text);
    scratch_write_text("generation_config.json", "{\"max_length\": 256}");
    plain = xattn_open(scratch_folder, NULL, &error);
    assert_non_null(plain);
    static const char *const texts[] = {
        "I would have come if I had known.", "Would you like some tea?",
        "If you had told me the truth yesterday, we would not have to run to the station now!",
        "The company announced a new product and its shares rose sharply in the morning."};
    size_t n_different = 0;  // whatever the weights: of one text a beam finds another translation
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        xattn_translation *own, *greedy, *plainly;
        assert_true(xattn_translate(model, &texts[i], 1, NULL, &own, &error));
        assert_true(xattn_translate(model, &texts[i], 1, &(xattn_options){XATTN_OPTIONS, .beam = 1},
                                    &greedy, &error));
        assert_true(xattn_translate(plain, &texts[i], 1, NULL, &plainly, &error));
        assert_string_equal(greedy->text, plainly->text);
        n_different += strcmp(own->text, plainly->text) != 0;
        xattn_translation_free(own);
        xattn_translation_free(greedy);
        xattn_translation_free(plainly);
    }
    assert_true(n_different > 0);
    xattn_close(model);
    xattn_close(plain);
}

/* Every token is forbidden after a while: an error, and never a made-up token. */
static void nothing_left_to_say(void **state) {
    (void)state;
    Fixture f = open_model_with(-1000.0F, false);
    f.model->config.generation.no_repeat_ngram = 1;
    f.model->config.generation.min_length = 1000;
    Tokens source = sentence(&f, 4);
    f.model->config.generation.suppressed =
        (IdList){arena_array(&f.arena, 58, sizeof(int), "ids", NULL), 58};
    for (int i = 0; i < 58; i++) f.model->config.generation.suppressed.ids[i] = i + 1;
    for (size_t beam = 1; beam <= 3; beam++) {
        SearchOptions options = beam_of(beam, 1.0F, 39);
        Hypothesis found[3];
        Error err = {0};
        assert_false(search_translate(f.model, &source, NULL, 1, &options, found, &err));
        assert_non_null(
            strstr(err.text, "its generation settings forbid every token after 1 others"));
    }
    close_model(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_in_transformers),
        cmocka_unit_test(options_win),
        cmocka_unit_test(nothing_left_to_say),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
