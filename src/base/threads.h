/* threads.h: the same work on many items, shared out among threads

       bool translate(void *batches, size_t i, Error *err);
       threads_run(4, n_batches, translate, batches, &err);

   Items are handed out one at a time and in order, so put the longest first. Threads live as long as
   the call: starting one takes about 20 µs, little beside items of milliseconds. A task may read data
   that it shares with others as long as nobody changes them, and may write only what belongs to its
   item. */
#ifndef XATTN_THREADS_H
#define XATTN_THREADS_H

#include "base/error.h"

enum { THREADS_MOST = 256 };

/* Works on one of the items; false with an error if that fails. */
typedef bool ThreadsTask(void *context, size_t item, Error *err);

/* Calls task(context, 0), … task(context, n - 1) on n_threads threads, at most THREADS_MOST, or on
   fewer if the system has no more. The caller's thread is one of them; with n_threads 0 or 1 it is the
   only one. The others block all signals. Returns when all items are done. After a failure no further
   item is started, and the error is always that of the failed item with the lowest number. */
bool threads_run(size_t n_threads, size_t n, ThreadsTask *task, void *context, Error *err);

/* The number of cores that this process may use (cores.h), at most THREADS_MOST. */
size_t threads_cores(void);

#endif
