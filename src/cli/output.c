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

/* The temporary file, where a signal can find it. */
static char temporary[4096];

/* Takes the temporary file away, then lets the signal do what it does. */
static void clean_up(int signal_number) {
    unlink(temporary);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* A signal that was ignored when the program started, as by nohup, stays ignored. */
static void catch_signals(void (*handler)(int)) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction old;
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &(struct sigaction){.sa_handler = handler}, NULL);
    }
}

/* mkstemp's files are for their owner alone; this one is to have what the old one had, or what `>`
   would have given a new one. */
static void give_usual_mode(int fd, const struct stat *old) {
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, old ? old->st_mode & 0777 : 0666 & ~mask);
}

static bool open_temporary(Output *output, const struct stat *old, Error *err) {
    static char real[PATH_MAX];  // a link stays a link: what it leads to is replaced
    if (old && realpath(output->path, real)) output->path = real;
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", output->path) >= (int)sizeof temporary)
        return error_set(err, "%s: name too long", output->path);
    catch_signals(clean_up);
    output->fd = mkstemp(temporary);
    output->is_temporary = output->fd >= 0;
    if (output->is_temporary)
        give_usual_mode(output->fd, old);
    else
        catch_signals(SIG_DFL);
    return true;
}

bool output_open(const char *path, Output *output, Error *err) {
    struct stat info;
    *output = (Output){.fd = STDOUT_FILENO, .path = path};
    signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error like any other: EPIPE
    if (!path) return true;
    bool exists = stat(path, &info) == 0;
    output->fd = -1;
    if (exists && !S_ISREG(info.st_mode))
        output->fd = open(path, O_WRONLY);
    else if (!open_temporary(output, exists ? &info : NULL, err))
        return false;
    return output->fd >= 0 || error_set(err, "%s: cannot write: %s", path, strerror(errno));
}

bool output_write(Output *output, Buffer *bytes, Error *err) {
    if (!buffer_ok(bytes, "the output", err)) return false;
    for (size_t done = 0; done < bytes->size;) {
        ssize_t n = write(output->fd, bytes->data + done, bytes->size - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return error_set(err, "%s: %s", output->path ? output->path : "standard output",
                             strerror(errno));
        done += (size_t)n;
    }
    buffer_clear(bytes);
    return true;
}

bool output_close(Output *output, bool keep, Error *err) {
    if (!output->path || output->fd < 0) return true;
    bool ok = close(output->fd) == 0 || error_set(err, "%s: %s", output->path, strerror(errno));
    if (!output->is_temporary) return ok;
    if (ok && keep && rename(temporary, output->path) != 0)
        ok = error_set(err, "%s: %s", output->path, strerror(errno));
    if (!ok || !keep) unlink(temporary);
    catch_signals(SIG_DFL);
    return ok;
}
