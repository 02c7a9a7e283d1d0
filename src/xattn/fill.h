/* fill.h: from what a search found to the public translation */
#ifndef XATTN_FILL_H
#define XATTN_FILL_H

#include "decode/search.h"
#include "xattn.h"

/* The search of one text. */
typedef struct {
    const Model *model;
    const SearchOptions *search;
    const Tokens *source;          // NULL: the text was blank
    const Hypothesis *hypotheses;  // [search->nbest] best first; some may be empty at the end
    bool capitals;                 // the answer is to be in capitals
} Found;

/* Makes the translation, with what the search's options ask for. It is the caller's, to free with
   fill_free, and needs nothing of what was found any more; on failure it is {0}. source_cut, and
   target_cut of a given target, are not known here. */
bool fill_translation(const Found *found, xattn_translation *translation, Error *err);

/* Frees what a translation holds and leaves {0}; {0} itself is fine. */
void fill_free(xattn_translation *translation);

#endif
