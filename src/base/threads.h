/* threads.h: the same work on many items, shared out among threads

       bool translate(void *batches, size_t i, Error *err);
       threads_run(4, n_batches, translate, batches, &err);

   Items are handed out one at a time and in order, so put the longest first. Threads live as long as
   the call: to start one takes some 20 µs, which suits items of milliseconds. What a task reads and
   others may read at the same time must not change meanwhile; what it writes must be its item's own. */
#ifndef XATTN_THREADS_H
#define XATTN_THREADS_H

#include "base/error.h"

enum { THREADS_MOST = 256 };

/* Works on one of the items; false with an error if that fails. */
typedef bool ThreadsTask(void *context, size_t item, Error *err);

/* Calls task(context, 0), … task(context, n - 1) on n_threads threads, at most THREADS_MOST, or on
   fewer if they cannot be had; the caller's is one of them, and with n_threads 0 or 1 the only one.
   The others block all signals. Returns when all is done. After a failure no further item is begun, and the error is that of the first item, by number,
   that fails: always the same, however the threads ran. */
bool threads_run(size_t n_threads, size_t n, ThreadsTask *task, void *context, Error *err);

/* How many processor cores this process may use (cores.h), at most THREADS_MOST. */
size_t threads_cores(void);

#endif
