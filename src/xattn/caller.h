/* caller.h: the caller's functions, between the search and them

   The search asks whether it is cancelled from all of its threads, and shows the steps of sentences
   whose place in their text it does not know. The caller is promised calls on its own thread alone, and
   the sentence's number: this is in between. */
#ifndef XATTN_CALLER_H
#define XATTN_CALLER_H

#include <pthread.h>
#include <stdatomic.h>

#include "xattn.h"

typedef struct {
    const xattn_options *options;  // the caller's
    pthread_t thread;
    atomic_bool cancelled;        // for the other threads to see
    const xattn_tokens *sources;  // of the sentences
    size_t first;                 // number of the first of them in its text
} Caller;

/* The options with functions that hand on to the caller's. *caller must outlive them. */
xattn_options caller_shield(Caller *caller, const xattn_options *options,
                            const xattn_tokens *sources, size_t first);

#endif
