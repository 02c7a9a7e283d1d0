/* result.h: a translation and its memory */
#ifndef XATTN_RESULT_H
#define XATTN_RESULT_H

#include "base/arena.h"
#include "xattn.h"

/* The public translation comes first, so that both have the same address. */
typedef struct {
    xattn_translation shown;
    xattn_translation *alternatives;  // [shown.n_alternatives] those of `shown`
    Arena memory;                     // holds everything

    // Its place in the text, for join.h.
    const char *gap;  // [n_gap] the spaces and line ends before it
    size_t n_gap;
    bool begins;  // it is the first part of a sentence
    bool copied;  // it was copied, so its </s> ends no sentence
} Result;

/* Makes an empty translation. From `like` it takes the members that all translations of a model share:
   layers, heads, the default map. NULL with an error if out of memory. */
Result *result_new(const xattn_translation *like, Error *err);

/* Frees a result with everything in it. Accepts NULL. */
void result_free(Result *result);

/* The result of a public translation that is not an alternative. */
Result *result_of(xattn_translation *translation);

/* Makes room for n tokens of one side; there are none yet. */
bool result_tokens(Result *result, size_t n, xattn_tokens *tokens, Error *err);

/* Appends tokens, with copies of their pieces. */
bool result_append(Result *result, const xattn_tokens *from, xattn_tokens *to, Error *err);

/* Adds n alternatives, empty as from result_new, for the caller to fill. False if out of memory. */
bool result_alternatives(Result *result, size_t n, Error *err);

/* Sets the members that a result and its alternatives share: the source text, and whether it was not
   split. False if out of memory. */
bool result_set_source_text(Result *result, const char *text, bool unsplit, Error *err);

#endif
