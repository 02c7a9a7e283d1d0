/* process.h: other programs, run without a shell

   curl, sha256sum, gzip and zstd do what they do better than we would. Arguments are handed over as
   they are: no quoting, nothing to inject. Their messages on standard error are not shown; the caller
   says what failed. SIGINT, SIGTERM and SIGHUP end a running child with us. */
#ifndef XATTN_PROCESS_H
#define XATTN_PROCESS_H

#include <sys/types.h>

#include "base/error.h"

typedef struct {
    pid_t pid;   // 0 once it has ended
    int out;     // where its standard output can be read
    int status;  // with which it ended; 128 + N if signal N ended it
} Process;

/* Starts arguments[0], looked up in $PATH, with `in` as its standard input (-1: nothing to read).
   NULL ends the arguments. An error if there is no such program. */
bool process_start(const char *const *arguments, int in, Process *process, Error *err);

/* Whether it has ended; waits 20 ms for that. */
bool process_has_ended(Process *process);

/* Closes its output, waits for the end, and returns its exit status. */
int process_end(Process *process);

/* Runs it to its end: the first size - 1 bytes of its output, NUL-terminated, and its exit status. */
bool process_run(const char *const *arguments, int in, char *output, size_t size, int *status,
                 Error *err);

#endif
