#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* State for the signal handler. */
static char temporary[4096];           // the temporary file, "" while there is none
static volatile sig_atomic_t writing;  // while a reader can see the output
static volatile sig_atomic_t waiting;  // the signal that arrived while writing, or 0

void output_abandon(void) {
    if (temporary[0]) unlink(temporary);
}

/* Ends the program as the signal would by default. */
static void end_by(int signal_number) {
    output_abandon();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* Lines are written whole: a signal takes effect at the end of the line. A second one takes effect at
   once, because a reader may never read the rest. */
static void take_signal(int signal_number) {
    if (writing)
        waiting = signal_number;
    else
        end_by(signal_number);
}

/* A signal that is ignored from the start, as with nohup, stays ignored. */
static void catch_signals(void (*handler)(int)) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction action = {.sa_handler = handler, .sa_flags = (int)SA_RESETHAND};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction old;
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

/* mkstemp makes private files. Gives the file the permissions of the old one, or those that `>` would
   give a new one. */
static void give_usual_mode(int fd, const struct stat *old) {
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, old ? old->st_mode & 0777 : 0666 & ~mask);
}

static bool open_temporary(Output *output, const struct stat *old, Error *err) {
    static char real[PATH_MAX];  // a link stays; its target is replaced
    if (old && realpath(output->path, real)) output->path = real;
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", output->path) >= (int)sizeof temporary)
        return error_set(err, "%s: name too long", output->path);
    output->fd = mkstemp(temporary);
    output->is_temporary = output->fd >= 0;
    if (output->is_temporary) {
        (void)fcntl(output->fd, F_SETFD, FD_CLOEXEC);
        give_usual_mode(output->fd, old);
    } else {
        temporary[0] = '\0';
    }
    return true;
}

/* The number N of a path such as /dev/fd/N, which names an open file of this process; else -1. */
static int descriptor_of(const char *path) {
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0) return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0) return STDERR_FILENO;
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(folders[i]),
               digits = strspn(path + (strlen(path) < n ? 0 : n), "0123456789");
        if (strncmp(path, folders[i], n) == 0 && digits && digits < 6 && !path[n + digits])
            return atoi(path + n);
    }
    return -1;
}

/* Opens the output. Only regular files are replaced, and not those that the shell has already opened:
   `-o /dev/stdout >>log` appends to the log. */
static bool open_path(Output *output, Error *err) {
    struct stat info;
    const char *path = output->path;
    int open_file = descriptor_of(path);
    bool exists = stat(path, &info) == 0;
    output->fd = -1;
    if (open_file >= 0)
        output->fd = fcntl(open_file, F_DUPFD_CLOEXEC, 0);
    else if (exists && !S_ISREG(info.st_mode))
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
    else if (!open_temporary(output, exists ? &info : NULL, err))
        return false;
    return output->fd >= 0 || (error_system(err, "cannot write", errno), error_prefix(err, path));
}

bool output_open(const char *path, Output *output, Error *err) {
    *output = (Output){.fd = STDOUT_FILENO, .path = path};
    signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error like any other: EPIPE
    signal(SIGXFSZ, SIG_IGN);  // and so is a file that may not grow: EFBIG
    catch_signals(take_signal);
    return !path || open_path(output, err);
}

/* The end of the line in progress after `done` bytes. */
static size_t line_end(const Buffer *bytes, size_t done) {
    if (done == 0 || bytes->data[done - 1] == '\n') return done;
    const char *end = memchr(bytes->data + done, '\n', bytes->size - done);
    return end ? (size_t)(end - bytes->data) + 1 : bytes->size;
}

bool output_write(Output *output, Buffer *bytes, Error *err) {
    if (!buffer_ok(bytes, "the output", err)) return false;
    bool ok = true;
    writing = !output->is_temporary;
    for (size_t done = 0, end = bytes->size; ok && done < end;) {
        ssize_t n = write(output->fd, bytes->data + done, end - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            ok = error_system(err, output->path ? output->path : "standard output", errno);
        if (waiting) end = line_end(bytes, done);
    }
    writing = 0;
    if (waiting) end_by(waiting);
    buffer_clear(bytes);
    return ok;
}

bool output_close(Output *output, bool keep, Error *err) {
    bool ok = keep;
    if (output->path && output->fd >= 0 && close(output->fd) != 0 && ok)
        ok = error_system(err, output->path, errno);
    if (output->is_temporary) {
        if (ok && rename(temporary, output->path) != 0) ok = error_system(err, output->path, errno);
        if (!ok) unlink(temporary);
        temporary[0] = '\0';
    }
    catch_signals(SIG_DFL);
    return ok;
}
