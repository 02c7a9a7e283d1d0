/* A translation that repeats itself is reported, with its place. Models with random weights do nothing
   else: they write "hhhhhhh" up to the limit. The program under test is $BUILD/xattn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "tiny_model.h"

static const char loop[] = "the translation ends by repeating itself";
static char said[4096];  // the program's standard error

/* Runs COMMAND ARGUMENTS with a tiny model on three lines of input; its exit status. */
static int run(const char *command, const char *arguments, float eos_bias) {
    const char *build = getenv("BUILD");
    TinyModel options = tiny_model_default();
    options.eos_bias = eos_bias;
    char *directory = tiny_model_write(&options), line[600];
    snprintf(line, sizeof line, "printf 'a\\n\\na\\n' | %s/xattn %s -m %s %s 2>&1 >/dev/null",
             build ? build : "build/openblas", command, directory, arguments);
    FILE *program = popen(line, "r");
    assert_non_null(program);
    said[fread(said, 1, sizeof said - 1, program)] = '\0';
    int status = pclose(program);
    tiny_model_remove(directory);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void assert_says(const char *text) {
    if (!strstr(said, text)) fail_msg("\"%s\" does not say \"%s\"", said, text);
}

static void a_loop_is_reported(void **state) {
    (void)state;
    assert_int_equal(run("translate", "a", 0.0F), 0);
    assert_says("xattn: text 1: the translation ends by repeating itself\n");
    assert_int_equal(run("translate --beam 4", "a", 0.0F), 0);
    assert_says(loop);
    assert_int_equal(run("align", "a", 0.0F), 0);
    assert_says(loop);
}

/* Every one of them, with the line that it comes from; an empty line has none. */
static void its_line_is_named(void **state) {
    (void)state;
    run("translate", "", 0.0F);
    assert_says("xattn: line 1 of standard input: the translation ends by repeating itself\n");
    assert_says("xattn: line 3 of standard input: the translation ends by repeating itself\n");
    assert_null(strstr(said, "line 2"));
}

static void quiet_is_quiet(void **state) {
    (void)state;
    assert_int_equal(run("translate --quiet", "a", 0.0F), 0);
    assert_string_equal(said, "");
}

static void what_ends_in_time_is_no_loop(void **state) {
    (void)state;
    assert_int_equal(run("translate", "a", 100.0F), 0);
    assert_string_equal(said, "");
    assert_int_equal(run("translate --max-length 11", "a", 0.0F), 0);
    assert_null(strstr(said, loop));
    assert_says("was cut after 11 pieces");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loop_is_reported),
        cmocka_unit_test(its_line_is_named),
        cmocka_unit_test(quiet_is_quiet),
        cmocka_unit_test(what_ends_in_time_is_no_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
