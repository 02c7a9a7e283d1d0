/* The program as a partner: answers line by line, dies cleanly of signals, knows a terminal, notices
   that its model shrinks. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tiny_model.h"

enum { PATIENCE = 60 * 1000 };  // ms until an answer counts as missing

/* A running xattn: `in` is its standard input, `out` its standard output. */
typedef struct {
    pid_t pid;
    int in, out;
} Process;

static const char *errors;  // where the next process's standard error goes; NULL: where ours does

/* Starts xattn with these arguments. `terminal`: its output is one. `ignored`: a signal that it is
   started with ignored, or 0. */
static Process start(const char *const *arguments, bool terminal, int ignored) {
    int in[2], out[2];
    char program[512];
    const char *build = getenv("BUILD");
    snprintf(program, sizeof program, "%s/xattn", build ? build : "build/openblas");
    assert_int_equal(pipe(in), 0);
    if (terminal) {
        out[0] = posix_openpt(O_RDWR | O_NOCTTY);
        assert_true(out[0] >= 0 && grantpt(out[0]) == 0 && unlockpt(out[0]) == 0);
        out[1] = open(ptsname(out[0]), O_RDWR | O_NOCTTY);
        assert_true(out[1] >= 0);
    } else {
        assert_int_equal(pipe(out), 0);
    }
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        if (ignored) signal(ignored, SIG_IGN);
        dup2(in[0], STDIN_FILENO);
        dup2(out[1], STDOUT_FILENO);
        close(in[0]), close(in[1]), close(out[0]), close(out[1]);
        if (errors && !freopen(errors, "w", stderr)) _exit(99);
        setenv("XATTN_MODEL", "models/en-fr", 1);
        execv(program, (char *const *)(uintptr_t)arguments);
        _exit(99);
    }
    close(in[0]);
    close(out[1]);
    return (Process){pid, in[1], out[0]};
}

static void say(const Process *p, const char *text) {
    assert_int_equal(write(p->in, text, strlen(text)), strlen(text));
}

/* Reads up to the end of a line, or of the output if `all`; waits at most `patience` ms a read.
   The number of bytes. */
static size_t hear(const Process *p, bool all, int patience, char *text, size_t size) {
    size_t n = 0;
    while (n + 1 < size) {
        struct pollfd ready = {.fd = p->out, .events = POLLIN};
        if (poll(&ready, 1, patience) <= 0) break;
        if (read(p->out, text + n, 1) != 1) break;  // a terminal ends with an error
        n++;
        if (!all && text[n - 1] == '\n') break;
    }
    text[n] = '\0';
    return n;
}

/* Waits for the end; the status as waitpid gives it. */
static int end(Process *p) {
    int status;
    if (p->in >= 0) close(p->in);
    close(p->out);
    assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
    return status;
}

static void each_line_is_answered_before_the_next(void **state) {
    (void)state;
    char answer[1024];
    Process p = start((const char *[]){"xattn", "translate", NULL}, false, 0);
    say(&p, "A cat.\n");
    assert_true(hear(&p, false, PATIENCE, answer, sizeof answer) > 1);
    say(&p, "\n");
    assert_int_equal(hear(&p, false, PATIENCE, answer, sizeof answer), 1);
    say(&p, "A dog.\nHalf a li");
    assert_true(hear(&p, false, PATIENCE, answer, sizeof answer) > 1);
    assert_int_equal(hear(&p, false, 300, answer, sizeof answer), 0);
    say(&p, "ne.");
    close(p.in);
    p.in = -1;
    assert_true(hear(&p, true, PATIENCE, answer, sizeof answer) > 1);
    assert_int_equal(end(&p), 0);
}

static void every_command_answers_line_by_line(void **state) {
    (void)state;
    static const char *const commands[] = {"align", "tokenize", "detokenize"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char answer[1024];
        Process p = start((const char *[]){"xattn", commands[i], NULL}, false, 0);
        say(&p,
            "\xE2\x96\x81"
            "cat .\n");
        assert_true(hear(&p, false, PATIENCE, answer, sizeof answer) > 1);
        close(p.in);
        p.in = -1;
        hear(&p, true, PATIENCE, answer, sizeof answer);
        assert_int_equal(end(&p), 0);
    }
}

static void a_reader_that_leaves_is_an_error_not_a_signal(void **state) {
    (void)state;
    Process p = start((const char *[]){"xattn", "translate", "--quiet", NULL}, false, 0);
    close(p.out);
    p.out = -1;
    say(&p, "A cat.\n");
    int status = end(&p);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

/* How many files a folder holds; *name becomes that of one that is not "out". */
static size_t files_in(const char *folder, char name[256]) {
    size_t n = 0;
    DIR *listing = opendir(folder);
    assert_non_null(listing);
    for (const struct dirent *entry; (entry = readdir(listing));) {
        if (entry->d_name[0] == '.') continue;
        n++;
        if (strcmp(entry->d_name, "out") != 0) snprintf(name, 256, "%s", entry->d_name);
    }
    closedir(listing);
    return n;
}

/* Starts `translate -o FOLDER/out`, which holds "old", and waits until it writes beside it. */
static Process start_writing(const char *folder, char output[64], int ignored) {
    char name[256] = "";
    snprintf(output, 64, "%s/out", folder);
    FILE *old = fopen(output, "w");
    assert_true(old && fputs("old", old) >= 0 && fclose(old) == 0);
    Process p = start((const char *[]){"xattn", "translate", "-o", output, NULL}, false, ignored);
    say(&p, "A cat.\n");
    for (int i = 0; files_in(folder, name) < 2; i++) {
        assert_true(i < PATIENCE / 10);
        poll(NULL, 0, 10);
    }
    return p;
}

static bool holds_old(const char *path) {
    char text[64] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return n == 3 && strcmp(text, "old") == 0;
}

static void signals_leave_the_old_file_and_nothing_else(void **state) {
    (void)state;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        char folder[] = "/tmp/xattn-test-XXXXXX", output[64], name[256] = "";
        assert_non_null(mkdtemp(folder));
        Process p = start_writing(folder, output, 0);
        assert_int_equal(kill(p.pid, signals[i]), 0);
        int status = end(&p);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i]);
        assert_int_equal(files_in(folder, name), 1);
        assert_true(holds_old(output));
        assert_true(remove(output) == 0 && rmdir(folder) == 0);
    }
}

/* As under nohup: the work goes on. */
static void ignored_signals_stay_ignored(void **state) {
    (void)state;
    char folder[] = "/tmp/xattn-test-XXXXXX", output[64], name[256] = "";
    assert_non_null(mkdtemp(folder));
    Process p = start_writing(folder, output, SIGHUP);
    assert_int_equal(kill(p.pid, SIGHUP), 0);
    assert_int_equal(end(&p), 0);
    assert_int_equal(files_in(folder, name), 1);
    assert_false(holds_old(output));
    assert_true(remove(output) == 0 && rmdir(folder) == 0);
}

static void what_was_answered_before_a_signal_is_whole(void **state) {
    (void)state;
    char answer[1024];
    Process p = start((const char *[]){"xattn", "translate", NULL}, false, 0);
    say(&p, "A cat.\n");
    assert_true(hear(&p, false, PATIENCE, answer, sizeof answer) > 1);
    say(&p, "A d");
    assert_int_equal(kill(p.pid, SIGINT), 0);
    assert_int_equal(hear(&p, true, PATIENCE, answer, sizeof answer), 0);
    int status = end(&p);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

/* A line that is too long for the pipe: the reader takes it only when the signal has come. */
static void a_signal_waits_for_the_end_of_the_line(void **state) {
    (void)state;
    enum { SIZE = 100 * 1000 };
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    char *text = malloc(SIZE), *answer = malloc(4 * SIZE);
    assert_non_null(text);
    assert_non_null(answer);
    memset(text, 'x', SIZE);
    for (size_t i = 1; i < SIZE; i += 2) text[i] = ' ';
    memcpy(text + SIZE - 3, "\n\n", 3);
    for (size_t i = 0; i < 3; i++) {
        Process p = start((const char *[]){"xattn", "tokenize", NULL}, false, 0);
        say(&p, text);
        struct pollfd ready = {.fd = p.out, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, PATIENCE), 1);
        poll(NULL, 0, 100);  // until the pipe is full
        assert_int_equal(kill(p.pid, signals[i]), 0);
        poll(NULL, 0, 100);
        size_t n = hear(&p, true, PATIENCE, answer, 4 * SIZE);
        assert_true(n > SIZE);
        assert_ptr_equal(strchr(answer, '\n'), answer + n - 1);
        int status = end(&p);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == signals[i]);
    }
    free(text);
    free(answer);
}

/* Nobody takes the rest of the line: whoever insists is obeyed. */
static void a_second_signal_does_not_wait(void **state) {
    (void)state;
    enum { SIZE = 100 * 1000 };
    char *text = calloc(1, SIZE);
    assert_non_null(text);
    memset(text, 'x', SIZE - 2);
    text[SIZE - 2] = '\n';
    Process p = start((const char *[]){"xattn", "tokenize", NULL}, false, 0);
    say(&p, text);
    struct pollfd ready = {.fd = p.out, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, PATIENCE), 1);
    for (int i = 0; i < 2; i++) {
        poll(NULL, 0, 100);
        assert_int_equal(kill(p.pid, SIGTERM), 0);
    }
    int status = 0;
    for (int i = 0; i < PATIENCE / 100 && waitpid(p.pid, &status, WNOHANG) == 0; i++)
        poll(NULL, 0, 100);
    kill(p.pid, SIGKILL);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
    close(p.in), close(p.out);
    free(text);
}

/* The weights of an F32 model are used where they lie in the file, which another program empties. */
static void a_model_that_shrinks_is_an_error(void **state) {
    (void)state;
    char answer[1024], path[600], expected[700];
    TinyModel options = tiny_model_default();
    size_t size;
    for (int to_file = 0; to_file < 2; to_file++) {
        char *model = tiny_model_write(&options);
        char messages[600], output[600];
        snprintf(path, sizeof path, "%s/model.safetensors", model);
        snprintf(messages, sizeof messages, "%s/messages", model);
        snprintf(output, sizeof output, "%s/output", model);
        snprintf(expected, sizeof expected, "xattn: %s: cannot be read any more", path);
        errors = messages;
        Process p = start(
            to_file ? (const char *[]){"xattn", "translate", "-q", "-m", model, "-o", output, NULL}
                    : (const char *[]){"xattn", "translate", "-q", "-m", model, NULL},
            false, 0);
        errors = NULL;
        say(&p, "a cat\n");
        if (to_file)
            poll(NULL, 0, 500);  // there is nothing to hear
        else
            assert_true(hear(&p, false, PATIENCE, answer, sizeof answer) > 1);
        assert_int_equal(truncate(path, 0), 0);
        say(&p, "a dog\n");
        assert_int_equal(hear(&p, true, PATIENCE, answer, sizeof answer), 0);
        int status = end(&p);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 1);
        char *said = tiny_file_read(model, "messages", &size);
        assert_int_equal(strncmp(said, expected, strlen(expected)), 0);
        assert_ptr_equal(strchr(said, '\n'), said + size - 1);
        free(said);
        char name[256];
        assert_int_equal(files_in(model, name), 7);  // the model's six and the messages
        tiny_model_remove(model);
    }
}

/* Whether a map on a terminal has colours under these two variables. */
static bool is_colored(const char *term, const char *no_color) {
    static char answer[64 * 1024];
    setenv("TERM", term, 1);
    if (no_color)
        setenv("NO_COLOR", no_color, 1);
    else
        unsetenv("NO_COLOR");
    Process p = start((const char *[]){"xattn", "align", "A cat.", NULL}, true, 0);
    assert_true(hear(&p, true, PATIENCE, answer, sizeof answer) > 20);
    assert_int_equal(end(&p), 0);
    return strstr(answer, "\x1B[") != NULL;
}

static void colors_are_for_terminals_that_show_them(void **state) {
    (void)state;
    assert_true(is_colored("xterm-256color", NULL));
    assert_true(is_colored("xterm-256color", ""));  // as no-color.org has it
    assert_false(is_colored("xterm-256color", "1"));
    assert_false(is_colored("dumb", NULL));
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_is_answered_before_the_next),
        cmocka_unit_test(every_command_answers_line_by_line),
        cmocka_unit_test(a_reader_that_leaves_is_an_error_not_a_signal),
        cmocka_unit_test(signals_leave_the_old_file_and_nothing_else),
        cmocka_unit_test(ignored_signals_stay_ignored),
        cmocka_unit_test(what_was_answered_before_a_signal_is_whole),
        cmocka_unit_test(a_signal_waits_for_the_end_of_the_line),
        cmocka_unit_test(a_second_signal_does_not_wait),
        cmocka_unit_test(a_model_that_shrinks_is_an_error),
        cmocka_unit_test(colors_are_for_terminals_that_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
