#include "base/threads.h"

#include <pthread.h>
#include <signal.h>

#include "base/cores.h"

typedef struct {
    ThreadsTask *task;
    void *context;
    size_t n;
    pthread_mutex_t mutex;  // of what follows
    size_t next;            // the item to hand out, if it is less than n
    size_t failed;          // the first item that failed, or n
    Error *err;             // and why it did
} Work;

/* The next item; n if there is none, or no point in it any more. All before it are with someone: so
   the first of those that fail is the first of all. */
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

/* A thread's stack: what the search puts there, and OpenBLAS below it, is some 100 KB, twice or thrice
   that under a sanitizer. The C library's own size is for others to choose: musl's is 128 KB, and a
   host's limit may be anything. */
enum { STACK_SIZE = 2 * 1024 * 1024 };

/* Signals to the process are the host's threads' business; what a thread does to itself is its own. */
static void block_signals(sigset_t *before) {
    static const int own[] = {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};
    sigset_t all;
    sigfillset(&all);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&all, own[i]);
    pthread_sigmask(SIG_SETMASK, &all, before);
}

/* Starts up to n threads; how many. They inherit which signals are blocked. */
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
    pthread_mutex_init(&work.mutex, NULL);  // cannot fail where it is only memory
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
