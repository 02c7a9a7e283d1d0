#include "xattn/caller.h"

static bool ask(void *context) {
    Caller *caller = context;
    const xattn_options *o = caller->options;
    if (atomic_load(&caller->cancelled)) return true;
    if (!o->cancel || !pthread_equal(pthread_self(), caller->thread)) return false;
    if (o->cancel(o->context)) atomic_store(&caller->cancelled, true);
    return atomic_load(&caller->cancelled);
}

static bool show_step(void *context, const xattn_step *step) {
    Caller *caller = context;
    xattn_step numbered = *step;
    numbered.sentence = caller->first + (size_t)(step->source - caller->sources);
    return caller->options->step(caller->options->context, &numbered);
}

static void show_activation(void *context, const xattn_activation *activation) {
    const Caller *caller = context;
    caller->options->observe(caller->options->context, activation);
}

xattn_options caller_shield(Caller *caller, const xattn_options *options,
                            const xattn_tokens *sources, size_t first) {
    xattn_options shielded = *options;
    caller->options = options;
    caller->thread = pthread_self();
    atomic_init(&caller->cancelled, false);
    caller->sources = sources;
    caller->first = first;
    shielded.context = caller;
    shielded.cancel = options->cancel ? ask : NULL;
    shielded.step = options->step ? show_step : NULL;
    shielded.observe = options->observe ? show_activation : NULL;
    return shielded;
}
