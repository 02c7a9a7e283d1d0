#include "hostile.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tiny_firefox.h"
#include "tiny_model.h"

enum { PATIENCE = 60 /* seconds */, MOST_ARGUMENTS = 8, MOST_SAID = 8192 };

/* How a run of the program ended. */
typedef struct {
    int status;  // of waitpid
    char out[MOST_SAID], err[MOST_SAID];
} Run;

static void read_back(FILE *file, char text[MOST_SAID]) {
    rewind(file);
    text[fread(text, 1, MOST_SAID - 1, file)] = '\0';
    fclose(file);
}

static Run run_program(const char *const *arguments) {
    char program[512];
    const char *build = getenv("BUILD"), *all[MOST_ARGUMENTS + 2] = {program};
    snprintf(program, sizeof program, "%s/xattn", build ? build : "build/openblas");
    for (size_t i = 0; arguments[i]; i++) all[i + 1] = arguments[i];
    FILE *out = tmpfile(), *err = tmpfile();
    assert_true(out && err);
    Run run = {0};
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        alarm(PATIENCE);
        execv(program, (char *const *)(uintptr_t)all);
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &run.status, 0), pid);
    read_back(out, run.out);
    read_back(err, run.err);
    return run;
}

static size_t count_files(const char *directory) {
    size_t n = 0;
    DIR *listing = opendir(directory);
    assert_non_null(listing);
    while (readdir(listing)) n++;
    closedir(listing);
    return n;
}

static void check_refusal(const char *const *arguments, const char *where, const char *message) {
    Run run = run_program(arguments);
    if (!WIFEXITED(run.status))
        fail_msg("%s: signal %d; it said: %s", arguments[0], WTERMSIG(run.status), run.err);
    if (WEXITSTATUS(run.status) != 1)
        fail_msg("%s: status %d, expected 1; it said: %s", arguments[0], WEXITSTATUS(run.status),
                 run.err);
    if (run.out[0]) fail_msg("%s: on standard output: %s", arguments[0], run.out);
    const char *newline = strchr(run.err, '\n');
    if (strncmp(run.err, where, strlen(where)) != 0 || !strstr(run.err, message))
        fail_msg("%s: it said:\n%sexpected it to begin with \"%s\" and to hold \"%s\"",
                 arguments[0], run.err, where, message);
    if (!newline || newline[1]) fail_msg("%s: not one line: %s", arguments[0], run.err);
}

void hostile_refused(const char *directory, const char *file, const char *message) {
    char where[600], output[600];
    snprintf(where, sizeof where, "xattn: %s", directory);
    if (file) snprintf(where, sizeof where, "xattn: %s/%s: ", directory, file);
    snprintf(output, sizeof output, "%s/output", directory);
    size_t before = count_files(directory);
    const char *const translate[] = {"translate", "-m", directory, "a b", NULL};
    const char *const to_file[] = {"translate", "-m", directory, "-o", output, "a b", NULL};
    const char *const inspect[] = {"inspect", directory, NULL};
    check_refusal(translate, where, message);
    check_refusal(to_file, where, message);
    if (file) check_refusal(inspect, where, message);  // otherwise only translating finds the fault
    if (count_files(directory) != before) fail_msg("a file was left in %s", directory);
}

void hostile_accepted(const char *directory) {
    const char *const translate[] = {"translate", "-m", directory, "a b", NULL};
    Run run = run_program(translate);
    if (run.status != 0) fail_msg("status %d; it said: %s", run.status, run.err);
    const char *newline = strchr(run.out, '\n');
    if (!newline || newline[1]) fail_msg("not one line on standard output: %s", run.out);
}

char *hostile_edited_model(const HostileEdit *edit) {
    TinyModel options = tiny_model_default();
    char *directory = tiny_model_write(&options);
    if (edit->from)
        tiny_file_replace(directory, edit->file, edit->from, edit->to);
    else
        tiny_file_write(directory, edit->file, edit->to, strlen(edit->to));
    return directory;
}

void hostile_edit(void **row) {
    const HostileEdit *edit = *row;
    char *directory = hostile_edited_model(edit);
    hostile_refused(directory, edit->file, edit->message);
    tiny_model_remove(directory);
}

static void sound_models_translate(void **state) {
    (void)state;
    TinyModel marian = tiny_model_default();
    TinyFirefox firefox = tiny_firefox_default();
    firefox.shortlist = true;
    char *directories[] = {tiny_model_write(&marian), tiny_firefox_write(&firefox)};
    for (size_t i = 0; i < 2; i++) {
        hostile_accepted(directories[i]);
        tiny_model_remove(directories[i]);
    }
}

int hostile_run(const char *suite, const HostileTable *tables, size_t n) {
    size_t n_tests = 1;
    for (size_t i = 0; i < n; i++) n_tests += tables[i].n;
    struct CMUnitTest *tests = calloc(n_tests, sizeof *tests), *test = tests;
    if (!tests) return 1;
    *test++ = (struct CMUnitTest)cmocka_unit_test(sound_models_translate);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tables[i].n; k++) {
            const char *row = (const char *)tables[i].rows + k * tables[i].size;
            *test++ = (struct CMUnitTest){.name = *(const char *const *)(const void *)row,
                                          .test_func = tables[i].run,
                                          .initial_state = (void *)(uintptr_t)row};
        }
    int failed = _cmocka_run_group_tests(suite, tests, n_tests, NULL, NULL);
    free(tests);
    return failed;
}
