/* fill.h: from the hypotheses of a search to the public translation */
#ifndef XATTN_FILL_H
#define XATTN_FILL_H

#include "decode/search.h"
#include "xattn/result.h"

/* The results of the search for a sentence. */
typedef struct {
    const Model *model;
    const xattn_options *options;
    const Tokens *source;          // NULL: the sentence was blank
    const Tokens *given;           // the given translation, or NULL
    const Hypothesis *hypotheses;  // [options->nbest] best first; the last may be empty
    bool capitals;                 // turn the target into capitals
} Found;

/* Makes the translation, with everything that the options want. It copies what it needs. NULL on
   failure. The caller sets the other members: source_text, and whether source or given target were
   cut. */
Result *fill_translation(const Found *found, Error *err);

#endif
