#include "cli/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static volatile sig_atomic_t child;  // the running process, or 0

/* Ends the child, and then this program, as the signal would by default. */
static void end_with_child(int signal_number) {
    if (child > 0) kill((pid_t)child, SIGTERM);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void catch_signals(void (*handler)(int)) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction old, action = {.sa_handler = handler};
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

static bool open_pipe(int ends[2], Error *err) {
    if (pipe(ends) != 0) return error_system(err, "a pipe", errno);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

/* Starts a program with standard input from `in`, output to `out`, and errors discarded. */
static int spawn(const char *const *arguments, int in, int out, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    int status = posix_spawn_file_actions_init(&actions);
    if (status) return status;
    if (in >= 0)
        status = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    else
        status = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!status) status = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (!status)
        status =
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (!status)
        status = posix_spawnp(pid, arguments[0], &actions, NULL, (char *const *)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

bool process_start(const char *const *arguments, int in, Process *process, Error *err) {
    int ends[2];
    *process = (Process){.out = -1};
    if (!open_pipe(ends, err)) return false;
    catch_signals(end_with_child);
    int status = spawn(arguments, in, ends[1], &process->pid);
    close(ends[1]);
    if (status) {
        close(ends[0]);
        catch_signals(SIG_DFL);
        return error_system(err, arguments[0], status);
    }
    child = (sig_atomic_t)process->pid;
    process->out = ends[0];
    return true;
}

static bool take_end(Process *process, int options) {
    int how = 0;
    pid_t ended;
    while ((ended = waitpid(process->pid, &how, options)) < 0 && errno == EINTR) continue;
    if (ended == 0) return false;
    process->status = ended < 0 ? -1 : WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
    process->pid = 0;
    child = 0;
    catch_signals(SIG_DFL);
    return true;
}

bool process_has_ended(Process *process) {
    if (take_end(process, WNOHANG)) return true;
    nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    return take_end(process, WNOHANG);
}

int process_end(Process *process) {
    close(process->out);
    if (process->pid) take_end(process, 0);
    return process->status;
}

bool process_run(const char *const *arguments, int in, char *output, size_t size, int *status,
                 Error *err) {
    Process process;
    size_t n = 0;
    char rest[256];
    if (!process_start(arguments, in, &process, err)) return false;
    for (ssize_t got = 1; got != 0;) {
        bool has_room = n + 1 < size;
        got =
            read(process.out, has_room ? output + n : rest, has_room ? size - 1 - n : sizeof rest);
        if (got < 0 && errno != EINTR) break;
        if (got > 0 && has_room) n += (size_t)got;
    }
    output[n] = '\0';
    *status = process_end(&process);
    return true;
}
