#include "base/threads.h"

#include <pthread.h>
#include <signal.h>

#include "base/cores.h"

typedef struct {
    ThreadsTask *task;
    void *context;
    size_t n;
    pthread_mutex_t mutex;  // guards the members below
    size_t next;            // the next item to hand out; n or more: none is left
    size_t failed;          // the first item that failed, or n
    Error *err;             // the error of that item
} Work;

/* The next item; n if none is left, or if an earlier one has failed. Items are handed out in order, so
   every item before a failed one has been handed out, too, and the first failure by number is found. */
static size_t take(Work *work) {
    pthread_mutex_lock(&work->mutex);
    size_t item = work->next < work->n && work->failed == work->n ? work->next++ : work->n;
    pthread_mutex_unlock(&work->mutex);
    return item;
}

static void report(Work *work, size_t item, const Error *err) {
    pthread_mutex_lock(&work->mutex);
    if (item < work->failed) {
        work->failed = item;
        *work->err = *err;
    }
    pthread_mutex_unlock(&work->mutex);
}

static void *work_off(void *pointer) {
    Work *work = pointer;
    for (size_t item; (item = take(work)) < work->n;) {
        Error err = {0};
        if (!work->task(work->context, item, &err)) report(work, item, &err);
    }
    return NULL;
}

/* The stack of a thread. The search, with OpenBLAS, needs about 100 KB, and two or three times that
   under a sanitizer. The default size would not do everywhere: musl's is 128 KB, and a host may set any
   limit. */
enum { STACK_SIZE = 2 * 1024 * 1024 };

/* Blocks all signals except those that a thread's own fault raises: the host's threads handle the
   others. */
static void block_signals(sigset_t *before) {
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

/* Starts up to n threads, which inherit the blocked signals. Returns how many it started. */
static size_t start(pthread_t *threads, size_t n, Work *work) {
    size_t n_started = 0;
    pthread_attr_t attributes;
    sigset_t before;
    if (!n || pthread_attr_init(&attributes) != 0) return 0;
    (void)pthread_attr_setstacksize(&attributes, STACK_SIZE);
    block_signals(&before);
    while (n_started < n && pthread_create(&threads[n_started], &attributes, work_off, work) == 0)
        n_started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return n_started;
}

bool threads_run(size_t n_threads, size_t n, ThreadsTask *task, void *context, Error *err) {
    Work work = {.task = task, .context = context, .n = n, .failed = n, .err = err};
    pthread_t others[THREADS_MOST - 1];
    size_t wanted = n_threads < n ? n_threads : n;
    if (wanted > THREADS_MOST) wanted = THREADS_MOST;
    pthread_mutex_init(&work.mutex, NULL);  // on Linux and macOS this cannot fail
    size_t n_others = start(others, wanted > 1 ? wanted - 1 : 0, &work);
    work_off(&work);
    while (n_others) pthread_join(others[--n_others], NULL);
    pthread_mutex_destroy(&work.mutex);
    return work.failed == n;
}

size_t threads_cores(void) {
    size_t n = cores_allowed();
    return n < THREADS_MOST ? n : THREADS_MOST;
}
