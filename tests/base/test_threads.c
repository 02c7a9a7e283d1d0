/* Work shared out among threads: every item once, really at the same time, and one error. */
#include "base/threads.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

enum { N = 500 };

static bool count(void *context, size_t item, Error *err) {
    (void)err;
    ((int *)context)[item]++;
    return true;
}

static void every_item_is_done_once(void **state) {
    (void)state;
    for (size_t n_threads = 0; n_threads < 6; n_threads++)
        for (size_t n = 0; n <= N; n = 3 * n + 1) {
            Error err = {0};
            int counts[N + 1] = {0};
            assert_true(threads_run(n_threads, n, count, counts, &err));
            for (size_t i = 0; i <= N; i++) assert_int_equal(counts[i], i < n);
        }
}

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t n_here;
} Meeting;

/* Succeeds when three are here at the same time. */
static bool meet(void *context, size_t item, Error *err) {
    Meeting *meeting = context;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 20;
    pthread_mutex_lock(&meeting->mutex);
    meeting->n_here++;
    pthread_cond_broadcast(&meeting->changed);
    int status = 0;
    while (meeting->n_here < 3 && status == 0)
        status = pthread_cond_timedwait(&meeting->changed, &meeting->mutex, &until);
    pthread_mutex_unlock(&meeting->mutex);
    return status == 0 || error_set(err, "item %zu waited in vain", item);
}

static void threads_run_at_the_same_time(void **state) {
    (void)state;
    Error err = {0};
    Meeting meeting = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    if (!threads_run(3, 3, meet, &meeting, &err)) fail_msg("%s", err.text);
}

typedef struct {
    int counts[N];
    size_t slow;  // the one of items 100 and 101 that takes longer to fail
} Failures;

static bool fail_from_100(void *context, size_t item, Error *err) {
    Failures *failures = context;
    failures->counts[item]++;
    if (item < 100) return true;
    long ms = item == failures->slow ? 20 : 5;
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
    return error_set(err, "item %zu", item);
}

/* Every item from 100 on fails: 100 is what is reported, whether it is the first or the last to do so. */
static void the_first_failure_is_reported(void **state) {
    (void)state;
    for (size_t n_threads = 1; n_threads < 6; n_threads++)
        for (size_t slow = 100; slow <= 101; slow++) {
            Error err = {0};
            Failures failures = {.slow = slow};
            assert_false(threads_run(n_threads, N, fail_from_100, &failures, &err));
            assert_string_equal(err.text, "item 100");
            for (size_t i = 0; i <= 100; i++) assert_int_equal(failures.counts[i], 1);
            assert_int_equal(failures.counts[N - 1], 0);  // those behind are not begun
        }
}

/* The threads of a job block signals, except those of their own faults, and have enough stack even if
   the C library's default is small. */
static bool look_at_myself(void *context, size_t item, Error *err) {
    (void)item;
    pthread_t *caller = context;
    sigset_t blocked;
    volatile char room[512 * 1024];
    for (size_t i = 0; i < sizeof room; i += 4096) room[i] = 1;
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);  // so that others get items, too
    if (pthread_equal(pthread_self(), *caller)) return true;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    bool ok = sigismember(&blocked, SIGINT) && sigismember(&blocked, SIGTERM) &&
              sigismember(&blocked, SIGALRM) && !sigismember(&blocked, SIGBUS) &&
              !sigismember(&blocked, SIGSEGV) && room[0];
    return ok || error_set(err, "a thread would take the host's signals");
}

static void signals_are_the_callers(void **state) {
    (void)state;
    pthread_t self = pthread_self();
    sigset_t before, after;
    Error err = {0};
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    if (!threads_run(4, 16, look_at_myself, &self, &err)) fail_msg("%s", err.text);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    assert_int_equal(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
}

static void there_are_cores(void **state) {
    (void)state;
    assert_in_range(threads_cores(), 1, THREADS_MOST);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_done_once),
        cmocka_unit_test(threads_run_at_the_same_time),
        cmocka_unit_test(the_first_failure_is_reported),
        cmocka_unit_test(signals_are_the_callers),
        cmocka_unit_test(there_are_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
