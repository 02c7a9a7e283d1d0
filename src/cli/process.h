/* process.h: running other programs without a shell

   These are curl, sha256sum, gzip and zstd. Arguments are passed as they are, so there is no quoting
   and nothing to inject. Their standard error is discarded; the caller reports failures. SIGINT,
   SIGTERM and SIGHUP end a running child, too. */
#ifndef XATTN_PROCESS_H
#define XATTN_PROCESS_H

#include <sys/types.h>

#include "base/error.h"

typedef struct {
    pid_t pid;   // 0 after its end
    int out;     // to read its standard output
    int status;  // exit status; 128 + N after signal N
} Process;

/* Starts arguments[0] from $PATH, with `in` as its standard input (-1: empty). NULL ends the arguments.
   An error if there is no such program. */
bool process_start(const char *const *arguments, int in, Process *process, Error *err);

/* Whether it has ended; waits up to 20 ms. */
bool process_has_ended(Process *process);

/* Closes its output, waits for the end, and returns its exit status. */
int process_end(Process *process);

/* Runs a program to its end. Stores the first size - 1 bytes of its output, NUL-terminated, and its
   exit status. */
bool process_run(const char *const *arguments, int in, char *output, size_t size, int *status,
                 Error *err);

#endif
