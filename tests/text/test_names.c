/* What is a name of the net or of a file, and where it ends. */
#include "text/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A name and, after a |, text that does not belong to it. */
static void check(const char *line, bool is_topic) {
    bool topic;
    char text[256];
    size_t whole = strlen(line), name = strcspn(line, "|");
    assert_true(whole < sizeof text);
    memcpy(text, line, name);
    memcpy(text + name, line + name + 1, whole - name);  // with the NUL
    size_t size = names_match(text, whole - 1, &topic);
    if (size != name || topic != is_topic)
        fail_msg("%s: %zu bytes, expected %zu; topic %d", text, size, name, topic);
}

static void names_end_where_they_do(void **state) {
    (void)state;
    static const char *const lines[] = {
        "https://example.com| and",
        "https://example.com/a?b=1&c=(d)#e|.",
        "http://a.b/c_(d)|)",
        "https://example.com|, then",
        "ftp://x|",
        "https://été.fr/à|»",
        "https://a.b|。",
        "www.example.com|!",
        "WWW.Example.com/a|\"",
        "svn+ssh://host/a|",
        "john.doe@example.com|.",
        "a+b@c-d.co.uk|>",
        "été@exemple.fr| ",
        "x@y.z|-",
        "@tom|, hi",
        "@tom_1.b|.",
        "@émile| ",
        "notes.pdf|.",
        "README.md| is",
        "src/main.c|:12",
        "a.tar.gz|)",
        "été.txt|",
        "NOTES.PDF| ",
        "example.com|.",
        "example.com/a?b=1|, c",
        "mail.example.co.uk| ",
        "node.js| is",
        "/usr/bin/env| x",
        "./a|",
        "../a.b|.",
        "~/a|",
        "C:\\Users\\a| b",
        "`make test`| and",
        "``a b``|",
        "```c x = 1;```|.",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) check(lines[i], false);
    check("#paris| is", true);
    check("#été2024|.", true);
    check("#1er|", true);
}

static void others_are_none(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",       "a",        "the end.Then", "e.g. this", "U.S. She", "B.C. is",    "3.14",
        "and/or", "/",        "#1",           "#",         "@",        "@ tom",      "a@b",
        "a@.b",   "://x",     "https:",       "www.",      "www. a",   "`a",         "``",
        "km/h",   "1/2",      "a.",           "a..b",      ".pdf",     "12:30",      "C:",
        "C: \\a", "so.So",    "he.she",       "://",       "https://", "https://\"", "p.m.",
        "J.R.R.", "\xFF.pdf", "@123",
    };
    bool topic;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (names_match(texts[i], strlen(texts[i]), &topic)) fail_msg("\"%s\" is a name", texts[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_end_where_they_do),
        cmocka_unit_test(others_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
