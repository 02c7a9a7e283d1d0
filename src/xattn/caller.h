/* caller.h: between the search and the caller's functions

   The search checks for cancelling on all of its threads, and does not know a sentence's place in its
   text. xattn.h promises the caller calls on its own thread only, and the number of the sentence. The
   functions here translate between the two. */
#ifndef XATTN_CALLER_H
#define XATTN_CALLER_H

#include <pthread.h>
#include <stdatomic.h>

#include "xattn.h"

typedef struct {
    const xattn_options *options;  // the caller's
    pthread_t thread;
    atomic_bool cancelled;        // read by the other threads
    const xattn_tokens *sources;  // of the sentences
    size_t first;                 // number of the first sentence in its text
} Caller;

/* Replaces the functions in the options with ones that call the caller's. *caller must outlive the
   result. */
xattn_options caller_shield(Caller *caller, const xattn_options *options,
                            const xattn_tokens *sources, size_t first);

#endif
