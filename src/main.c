/* main.c: picks the command */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

/* A program may be started with standard error closed; then the next file to be opened would be
   descriptor 2 and get the warnings. What is put in such a place fails when it is used. */
static void take_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

/* Help on its way to a full disk is not a success. */
static int flush_standard_output(int status) {
    if (fflush(stdout) == 0) return status;
    fprintf(stderr, "xattn: standard output: %s\n", strerror(errno));
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
        case N_COMMANDS:
            break;
    }
    return EXIT_USAGE;
}

/* OpenBLAS starts threads before main, which idle here, and joins them when the program exits; if
   they found no memory for themselves they never come, and the program would hang at its very end.
   So it ends without exit handlers, except where the leak checker is one. */
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
    if (options_parse(argc, argv, &options, &status)) status = run(&options);
    leave(flush_standard_output(status));
}
