#include "base/threads.h"

#include <pthread.h>
#include <unistd.h>

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

bool threads_run(size_t n_threads, size_t n, ThreadsTask *task, void *context, Error *err) {
    Work work = {.task = task, .context = context, .n = n, .failed = n, .err = err};
    pthread_t others[THREADS_MOST - 1];
    size_t n_others = 0, wanted = n_threads < n ? n_threads : n;
    pthread_mutex_init(&work.mutex, NULL);  // cannot fail where it is only memory
    while (n_others + 1 < wanted && n_others < THREADS_MOST - 1 &&
           pthread_create(&others[n_others], NULL, work_off, &work) == 0)
        n_others++;
    work_off(&work);
    while (n_others) pthread_join(others[--n_others], NULL);
    pthread_mutex_destroy(&work.mutex);
    return work.failed == n;
}

size_t threads_cores(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    if (n < 1) return 1;
    return n < THREADS_MOST ? (size_t)n : THREADS_MOST;
}
