/* --json and --format json: every line parses, and has the fields it promises and no others. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

enum { N_LINES = 5 };

static const char *const texts[N_LINES] = {"The black cat sat on the mat.", "",
                                           "He said: \"C:\\x\"\t\xF0\x9F\x90\x88 \xC3\xA9\x1B[0m.",
                                           "   ", "Where is the other dog?"};

/* Runs xattn on the texts and parses its lines. */
static void run(const char *arguments, cJSON *lines[N_LINES]) {
    static char line[1 << 20];
    char path[] = "/tmp/xattn-test-XXXXXX", command[1024];
    const char *build = getenv("BUILD");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    for (size_t i = 0; i < N_LINES; i++) fprintf(file, "%s\n", texts[i]);
    fclose(file);
    snprintf(command, sizeof command, "%s/xattn %s -m models/en-fr -i %s",
             build ? build : "build/openblas", arguments, path);
    FILE *output = popen(command, "r");
    assert_non_null(output);
    for (size_t i = 0; i < N_LINES; i++) {
        assert_non_null(fgets(line, sizeof line, output));
        const char *end;
        lines[i] = cJSON_ParseWithOpts(line, &end, false);
        assert_non_null(lines[i]);
        assert_string_equal(end, "\n");
    }
    assert_null(fgets(line, sizeof line, output));
    assert_int_equal(pclose(output), 0);
    remove(path);
}

static void free_lines(cJSON *lines[N_LINES]) {
    for (size_t i = 0; i < N_LINES; i++) cJSON_Delete(lines[i]);
}

/* The object's keys are these, in this order, separated by spaces. */
static void expect_keys(const cJSON *object, const char *expected) {
    char got[512] = "";
    const cJSON *entry;
    cJSON_ArrayForEach (entry, object) {
        if (*got) strcat(got, " ");
        strcat(got, entry->string);
    }
    assert_string_equal(got, expected);
}

static const cJSON *get(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int length(const cJSON *object, const char *key) {
    assert_true(cJSON_IsArray(get(object, key)));
    return cJSON_GetArraySize(get(object, key));
}

/* Rows [target][source], each of them numbers that sum to 1. */
static void expect_rows(const cJSON *rows, int n_target, int n_source) {
    const cJSON *row, *cell;
    assert_true(cJSON_IsArray(rows));
    assert_int_equal(cJSON_GetArraySize(rows), n_target);
    cJSON_ArrayForEach (row, rows) {
        double sum = 0;
        assert_int_equal(cJSON_GetArraySize(row), n_source);
        cJSON_ArrayForEach (cell, row) {
            assert_true(cJSON_IsNumber(cell) && cell->valuedouble >= 0);
            sum += cell->valuedouble;
        }
        assert_true(fabs(sum - 1) < 1e-4);
    }
}

static void expect_translation(const cJSON *line, const char *text) {
    int n_source = length(line, "source_pieces"), n_target = length(line, "target_pieces");
    assert_string_equal(get(line, "source")->valuestring, text);
    assert_true(cJSON_IsString(get(line, "target")));
    assert_int_equal(length(line, "source_ids"), n_source);
    assert_int_equal(length(line, "target_ids"), n_target);
    assert_int_equal(length(line, "token_logprobs"), n_target);
    assert_true(cJSON_IsFalse(get(line, "source_cut")) && cJSON_IsFalse(get(line, "target_cut")));
    assert_true(cJSON_IsFalse(get(line, "repeats")));
    double sum = 0;
    const cJSON *logprob, *piece = NULL;
    cJSON_ArrayForEach (logprob, get(line, "token_logprobs")) {
        assert_true(logprob->valuedouble <= 0);
        sum += logprob->valuedouble;
    }
    assert_true(fabs(sum - get(line, "score")->valuedouble) < 1e-3);
    bool blank = strspn(text, " ") == strlen(text);
    assert_int_equal(n_source == 0, blank);
    assert_int_equal(n_target == 0, blank);
    if (blank) return;
    piece = cJSON_GetArrayItem(get(line, "source_pieces"), n_source - 1);
    assert_string_equal(piece->valuestring, "</s>");
    piece = cJSON_GetArrayItem(get(line, "target_pieces"), n_target - 1);
    assert_string_equal(piece->valuestring, "</s>");
}

static void translate_json(void **state) {
    (void)state;
    cJSON *lines[N_LINES];
    run("translate --json", lines);
    for (size_t i = 0; i < N_LINES; i++) {
        expect_keys(
            lines[i],
            "source target score target_pieces target_ids token_logprobs target_cut repeats "
            "source_pieces source_ids source_cut sentences");
        expect_translation(lines[i], texts[i]);
    }
    free_lines(lines);
}

static void translate_json_align(void **state) {
    (void)state;
    cJSON *lines[N_LINES];
    run("translate --json --align", lines);
    for (size_t i = 0; i < N_LINES; i++) {
        expect_keys(
            lines[i],
            "source target score target_pieces target_ids token_logprobs target_cut repeats "
            "source_pieces source_ids source_cut sentences source_labels target_labels "
            "maps");
        expect_translation(lines[i], texts[i]);
        assert_int_equal(length(lines[i], "maps"), 1);
        expect_rows(get(cJSON_GetArrayItem(get(lines[i], "maps"), 0), "rows"),
                    length(lines[i], "target_pieces"), length(lines[i], "source_pieces"));
    }
    free_lines(lines);
}

static void a_cut_is_said(void **state) {
    (void)state;
    cJSON *lines[N_LINES];
    run("translate --json --quiet --max-length 2", lines);
    assert_true(cJSON_IsTrue(get(lines[0], "target_cut")));
    assert_true(cJSON_IsFalse(get(lines[0], "source_cut")));
    assert_true(cJSON_IsFalse(get(lines[1], "target_cut")));
    assert_int_equal(length(lines[0], "target_pieces"), 2);
    free_lines(lines);
}

static void align_json(const char *arguments) {
    cJSON *lines[N_LINES];
    const cJSON *map;
    run(arguments, lines);
    for (size_t i = 0; i < N_LINES; i++) {
        bool blank = strspn(texts[i], " ") == strlen(texts[i]);  // which has a score, 0
        expect_keys(lines[i],
                    blank
                        ? "source target score target_pieces target_ids token_logprobs target_cut "
                          "repeats source_pieces source_ids source_cut sentences source_labels "
                          "target_labels maps"
                        : "source target target_pieces target_ids target_cut repeats "
                          "source_pieces source_ids source_cut sentences source_labels "
                          "target_labels maps");
        assert_string_equal(get(lines[i], "source")->valuestring, texts[i]);
        assert_true(length(lines[i], "maps") >= 1);
        cJSON_ArrayForEach (map, get(lines[i], "maps")) {
            expect_keys(map, "layer head rows");
            assert_true(cJSON_IsNumber(get(map, "layer")));
            expect_rows(get(map, "rows"), length(lines[i], "target_labels"),
                        length(lines[i], "source_labels"));
        }
    }
    free_lines(lines);
}

static void align_in_pieces(void **state) {
    (void)state;
    align_json("align --format json");
}

static void align_in_words(void **state) {
    (void)state;
    align_json("align --format json --words");
}

static void align_with_every_map(void **state) {
    (void)state;
    align_json("align --format json --layer all --head all");
    align_json("align --format json --head mean");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(translate_json), cmocka_unit_test(translate_json_align),
        cmocka_unit_test(a_cut_is_said),  cmocka_unit_test(align_in_pieces),
        cmocka_unit_test(align_in_words), cmocka_unit_test(align_with_every_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
