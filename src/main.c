/* main.c: picks the command */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/commands.h"
#include "cli/output.h"

/* If the program starts with standard error closed, the next file that it opens becomes descriptor 2
   and gets the warnings. So this opens closed descriptors first, in a way that makes their use fail. */
static void take_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

static void say(const char *text) {
    ssize_t n = write(STDERR_FILENO, text, strlen(text));
    (void)n;  // no way is left to report a failure
}

/* Weights are read in place from the mapped file. If the file has become shorter, or the disk fails,
   reading raises SIGBUS. This is an error like any other, but the program cannot go on. */
static void take_bus_error(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    const char *path = file_at(info->si_addr);
    if (!path) {  // not in a mapped file
        signal(signal_number, SIG_DFL);
        return;
    }
    say("xattn: ");
    say(path);
    say(": cannot be read any more; it became shorter while it was in use, or its disk failed\n");
    output_abandon();
    _exit(EXIT_FAILED);
}

static void catch_bus_errors(void) {
    struct sigaction action = {.sa_sigaction = take_bus_error, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, NULL);
}

/* Printing help to a full disk is a failure, too. */
static int flush_standard_output(int status) {
    Error err = {0};
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    error_system(&err, "standard output", errno);
    fprintf(stderr, "xattn: %s\n", err.text);
    return EXIT_FAILED;
}

static int run(const Options *options) {
    switch (options->command) {
        case COMMAND_TRANSLATE:
            return command_translate(options);
        case COMMAND_ALIGN:
            return command_align(options);
        case COMMAND_SCORE:
            return command_score(options);
        case COMMAND_TOKENIZE:
            return command_tokenize(options);
        case COMMAND_DETOKENIZE:
            return command_detokenize(options);
        case COMMAND_INSPECT:
            return command_inspect(options);
        case COMMAND_TRACE:
            return command_trace(options);
        case COMMAND_BENCH:
            return command_bench(options);
        case COMMAND_GET:
            return command_get(options);
        case COMMAND_MODELS:
            return command_models(options);
        case N_COMMANDS:
            break;
    }
    return EXIT_USAGE;
}

/* OpenBLAS starts threads before main and joins them at exit. If it had no memory for them, joining
   would hang. So the program ends without exit handlers, unless the leak checker needs them. */
static _Noreturn void leave(int status) {
#ifndef XATTN_LEAK_CHECK
    _Exit(status);
#endif
    exit(status);
}

int main(int argc, char **argv) {
    Options options;
    int status;
    take_standard_descriptors();
    catch_bus_errors();
    if (options_parse(argc, argv, &options, &status)) status = run(&options);
    leave(flush_standard_output(status));
}
