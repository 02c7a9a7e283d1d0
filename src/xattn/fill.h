/* fill.h: from what a search found to the public translation */
#ifndef XATTN_FILL_H
#define XATTN_FILL_H

#include "decode/search.h"
#include "xattn/result.h"

/* The search of one sentence. */
typedef struct {
    const Model *model;
    const xattn_options *options;
    const Tokens *source;          // NULL: there was nothing to translate
    const Tokens *given;           // the translation that was given, or NULL
    const Hypothesis *hypotheses;  // [options->nbest] best first; some may be empty at the end
    bool capitals;                 // the answer is to be in capitals
} Found;

/* Makes the translation, with what the options ask for. NULL on failure. It needs nothing of what was
   found any more. Not known here: source_text, whether source or given target were cut. */
Result *fill_translation(const Found *found, Error *err);

#endif
