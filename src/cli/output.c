#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
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

static void catch_signals(void (*handler)(int)) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &(struct sigaction){.sa_handler = handler}, NULL);
}

/* mkstemp's files are for their owner alone; this one is to have what `>` would have given it. */
static void give_usual_mode(int fd) {
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
}

bool output_open(const char *path, Output *output, Error *err) {
    struct stat info;
    *output = (Output){.fd = STDOUT_FILENO, .path = path};
    signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error like any other: EPIPE
    if (!path) return true;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode)) {
        output->fd = open(path, O_WRONLY);
    } else {
        if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int)sizeof temporary)
            return error_set(err, "%s: name too long", path);
        output->is_temporary = true;
        output->fd = mkstemp(temporary);
    }
    if (output->fd < 0) return error_set(err, "%s: cannot write: %s", path, strerror(errno));
    if (output->is_temporary) {
        give_usual_mode(output->fd);
        catch_signals(clean_up);
    }
    return true;
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
