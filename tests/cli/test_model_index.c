/* Mozilla's indexes: which model of a pair is the best, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "cli/model_index.h"

#define HASH "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"

static ModelIndex read_index(const char *text) {
    ModelIndex index = {0};
    Error err = {0};
    cJSON *json = json_parse_object("index", text, strlen(text), &err);
    if (!json || !model_index_read(json, "index", &index, &err)) fail_msg("%s", err.text);
    return index;
}

/* ---- the choice ---- */

#define MODEL(version, rest)                                                             \
    "{\"sourceLanguage\": \"en\", \"targetLanguage\": \"de\", \"fileType\": \"model\", " \
    "\"version\": \"" version "\"" rest "}"
#define ARCHITECTURE(name) ", \"architecture\": \"" name "\""

static void test_choice(void **state) {
    (void)state;
    static const struct {
        const char *models, *version, *architecture;
    } cases[] = {
        {MODEL("1.0", "") "," MODEL("2.0", ""), "2.0", ""},
        {MODEL("2.0", "") "," MODEL("1.0", ""), "2.0", ""},
        {MODEL("2.9", "") "," MODEL("2.10", ""), "2.10", ""},
        {MODEL("2.1", "") "," MODEL("2.1.1", ""), "2.1.1", ""},
        {MODEL("2.0", "") "," MODEL("3.0a1", ""), "2.0", ""},
        {MODEL("2.0b1", "") "," MODEL("3.0a1", ""), "3.0a1", ""},
        {MODEL("2.0", "") "," MODEL("3.0", ", \"filter_expression\": \"env.x\""), "2.0", ""},
        {MODEL("2.0", "") "," MODEL("3.0", ", \"filter_expression\": \"\""), "3.0", ""},
        {MODEL("2.0", ARCHITECTURE("tiny")) "," MODEL("2.0", ARCHITECTURE("base-memory")), "2.0",
         "base-memory"},
        {MODEL("2.0", ARCHITECTURE("base-memory")) "," MODEL("2.0", ARCHITECTURE("base")), "2.0",
         "base-memory"},
        {MODEL("2.0", ARCHITECTURE("new")) "," MODEL("2.0", ARCHITECTURE("tiny")), "2.0", "tiny"},
        {MODEL("2.0", ARCHITECTURE("base")) "," MODEL("2.1", ARCHITECTURE("tiny")), "2.1", "tiny"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[1024];
        snprintf(text, sizeof text, "{\"data\": [%s]}", cases[i].models);
        ModelIndex index = read_index(text);
        const IndexModel *best = model_index_find(&index, "en-de");
        assert_int_equal(index.n, 2);
        assert_non_null(best);
        assert_string_equal(best->version, cases[i].version);
        assert_string_equal(best->architecture, cases[i].architecture);
        assert_null(model_index_find(&index, "de-en"));
        model_index_free(&index);
    }
}

static void test_order(void **state) {
    (void)state;
    ModelIndex index = read_index("{\"data\": [" MODEL(
        "1.0", "") ", {\"fromLang\": \"de\", \"toLang\": \"en\", "
                   "\"fileType\": \"lex\"}," MODEL("2.0", "") "]}");
    qsort(index.models, index.n, sizeof *index.models, index_model_compare);
    assert_string_equal(index.models[0].pair, "de-en");
    assert_string_equal(index.models[1].version, "2.0");
    assert_string_equal(index.models[2].version, "1.0");
    model_index_free(&index);
}

/* ---- the files ---- */

#define VOCAB                                                                                     \
    "{\"fromLang\": \"en\", \"toLang\": \"de\", \"fileType\": \"vocab\", "                        \
    "\"name\": \"vocab.ende.spm\", \"attachment\": {\"location\": \"a/v.spm\", \"hash\": \"" HASH \
    "\", \"size\": 7}}"
#define FILE(members, attachment)                   \
    "{\"data\": [" VOCAB                            \
    ", {\"fromLang\": \"en\", \"toLang\": \"de\", " \
    "\"fileType\": \"model\"" members ", \"attachment\": {" attachment "}}]}"
#define NAME ", \"name\": \"model.ende.bin\""
#define LOCATION "\"location\": \"a/m.bin\""
#define SIZE ", \"size\": 12"
#define SHA ", \"hash\": \"" HASH "\""

static bool read_files(const char *text, IndexFile files[N_FILE_TYPES], size_t *n, Error *err) {
    ModelIndex index = read_index(text);
    *err = (Error){0};
    bool ok = index_model_files(&index, &index.models[0], files, n, err);
    for (size_t i = 0; ok && i < *n; i++) assert_true(strlen(files[i].location) > 0);
    model_index_free(&index);  // locations are gone now, the rest is a copy
    return ok;
}

static void test_files(void **state) {
    (void)state;
    IndexFile files[N_FILE_TYPES];
    size_t n;
    Error err;
    assert_true(read_files(FILE(NAME, LOCATION SIZE SHA), files, &n, &err));
    assert_int_equal(n, 2);
    assert_string_equal(files[0].name, "model.ende.bin");
    assert_string_equal(files[0].hash,
                        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    assert_int_equal(files[0].size, 12);
    assert_int_equal(files[0].packing, PACKED_NOT);
    assert_int_equal(files[1].size, 7);
    assert_true(read_files(FILE(", \"name\": \"m.bin.zst\", \"decompressedSize\": 99",
                                "\"location\": \"m.bin.zst\"" SIZE SHA),
                           files, &n, &err));
    assert_string_equal(files[0].name, "m.bin");
    assert_int_equal(files[0].packing, PACKED_ZSTD);
    assert_int_equal(files[0].unpacked_size, 99);
    assert_true(read_files(FILE(NAME, "\"location\": \"m.gz\"" SIZE SHA), files, &n, &err));
    assert_string_equal(files[0].name, "model.ende.bin");
    assert_int_equal(files[0].packing, PACKED_GZIP);
}

/* models.json has sizes and hashes of files as they are when they are unpacked. */
static void test_registry_files(void **state) {
    (void)state;
    for (int packed = 0; packed < 2; packed++) {
        char text[600];
        IndexFile files[N_FILE_TYPES];
        size_t n;
        Error err;
        snprintf(text, sizeof text,
                 "{\"baseUrl\": \"x\", \"models\": {\"en-de\": [{\"sourceLanguage\": \"en\", "
                 "\"targetLanguage\": \"de\", \"files\": {\"model\": {\"path\": \"a/m.bin%s\", "
                 "\"uncompressedSize\": 12, \"uncompressedHash\": \"" HASH
                 "\"}, "
                 "\"vocab\": {\"path\": \"a/v.spm.gz\"}}}]}}",
                 packed ? ".gz" : "");
        assert_true(read_files(text, files, &n, &err));
        assert_int_equal(n, 2);
        assert_string_equal(files[0].name, "m.bin");
        assert_int_equal(files[0].size, packed ? 0 : 12);
        assert_int_equal(files[0].unpacked_size, packed ? 12 : 0);
        assert_int_equal(strlen(files[0].hash), packed ? 0 : 64);
        assert_int_equal(strlen(files[0].unpacked_hash), packed ? 64 : 0);
    }
}

static void test_refused_files(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {FILE("", LOCATION SIZE SHA), "without name"},
        {FILE(", \"name\": 7", LOCATION SIZE SHA), "without name"},
        {FILE(NAME, "\"size\": 12" SHA), "without name or attachment.location"},
        {FILE(NAME, LOCATION SHA), "no attachment.size"},
        {FILE(NAME, LOCATION SIZE), "no attachment.hash"},
        {FILE(NAME, LOCATION SHA ", \"size\": 0"), "\"size\" is 0"},
        {FILE(NAME, LOCATION SHA ", \"size\": 1.5"), "\"size\" is 1.5"},
        {FILE(NAME, LOCATION SHA ", \"size\": 1e300"), "\"size\" is"},
        {FILE(NAME, LOCATION SHA ", \"size\": \"12\""), "\"size\""},
        {FILE(NAME, LOCATION SIZE ", \"hash\": \"abc\""), "not a SHA-256: \"abc\""},
        {FILE(NAME, LOCATION SIZE ", \"hash\": 7"), "no attachment.hash"},
        {FILE(NAME ", \"decompressedSize\": -1", LOCATION SIZE SHA), "\"decompressedSize\" is -1"},
        {FILE(NAME ", \"decompressedHash\": \"x\"", LOCATION SIZE SHA), "decompressedHash that is"},
        {FILE(", \"name\": \"\"", LOCATION SIZE SHA), "not a plain file name"},
        {FILE(", \"name\": \"..\"", LOCATION SIZE SHA), "not a plain file name"},
        {FILE(", \"name\": \"a/b.bin\"", LOCATION SIZE SHA), "not a plain file name"},
        {FILE(", \"name\": \"a\\\\b.bin\"", LOCATION SIZE SHA), "not a plain file name"},
        {FILE(", \"name\": \"a\\nb.bin\"", LOCATION SIZE SHA), "not a plain file name"},
        {FILE(", \"name\": \"vocab.ende.spm\"", LOCATION SIZE SHA), "two files named"},
        {FILE(NAME, "\"location\": \"\"" SIZE SHA), "not a plain path"},
        {FILE(NAME, "\"location\": \"/etc/passwd\"" SIZE SHA), "not a plain path"},
        {FILE(NAME, "\"location\": \"//host/m.bin\"" SIZE SHA), "not a plain path"},
        {FILE(NAME, "\"location\": \"a/../../m.bin\"" SIZE SHA), "not a plain path"},
        {FILE(NAME, "\"location\": \"a?b\"" SIZE SHA), "not a plain path"},
        {FILE(NAME, "\"location\": \"{a,b}\"" SIZE SHA), "not a plain path"},
        {FILE(NAME, "\"location\": \"a%2e%2e/b\"" SIZE SHA), "not a plain path"},
        {"{\"data\": [" VOCAB "]}", "no model file"},
        {"{\"data\": [" MODEL("1.0", "") "]}", "no vocabulary"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        IndexFile files[N_FILE_TYPES];
        size_t n;
        Error err;
        if (read_files(cases[i].text, files, &n, &err)) fail_msg("accepted: %s", cases[i].text);
        if (!strstr(err.text, cases[i].expected))
            fail_msg("%s\nexpected: %s", err.text, cases[i].expected);
    }
}

static void test_long_name(void **state) {
    (void)state;
    char name[200], text[1200];
    IndexFile files[N_FILE_TYPES];
    size_t n;
    Error err;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(text, sizeof text, FILE(", \"name\": \"%s\"", LOCATION SIZE SHA), name);
    assert_false(read_files(text, files, &n, &err));
    assert_non_null(strstr(err.text, "a file name of 199 bytes"));
}

/* ---- the whole ---- */

static void test_refused_indexes(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"{}", "neither a list"},
        {"{\"data\": {}}", "neither a list"},
        {"{\"models\": []}", "neither a list"},
        {"{\"models\": {\"en-de\": []}}", "no \"baseUrl\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ModelIndex index;
        Error err = {0};
        cJSON *json = json_parse_object("index", cases[i].text, strlen(cases[i].text), &err);
        assert_non_null(json);
        assert_false(model_index_read(json, "index", &index, &err));
        assert_non_null(strstr(err.text, cases[i].expected));
    }
}

/* Records of anything else are left out. */
static void test_strange_records(void **state) {
    (void)state;
    ModelIndex index = read_index(
        "{\"data\": [null, 7, [], \"x\", {}, {\"fromLang\": \"en\"}, {\"fromLang\": 1, \"toLang\": "
        "2, "
        "\"fileType\": \"model\"}, {\"fromLang\": \"en\", \"toLang\": \"de\", \"fileType\": "
        "\"qualityModel\"}]}");
    assert_int_equal(index.n, 0);
    model_index_free(&index);
}

static void test_too_many(void **state) {
    (void)state;
    enum { N = 20001 };
    char *text = malloc(N * 5 + 32), *end = text;
    assert_non_null(text);
    end += sprintf(end, "{\"data\": [0");
    for (int i = 1; i < N; i++) end += sprintf(end, ", 0");
    sprintf(end, "]}");
    ModelIndex index;
    Error err = {0};
    cJSON *json = json_parse_object("index", text, strlen(text), &err);
    assert_non_null(json);
    assert_false(model_index_read(json, "index", &index, &err));
    assert_string_equal(err.text, "index: 20001 records, expected at most 20000");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),          cmocka_unit_test(test_order),
        cmocka_unit_test(test_files),           cmocka_unit_test(test_refused_files),
        cmocka_unit_test(test_long_name),       cmocka_unit_test(test_refused_indexes),
        cmocka_unit_test(test_strange_records), cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_registry_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
