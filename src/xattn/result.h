/* result.h: a translation and the memory that it lies in */
#ifndef XATTN_RESULT_H
#define XATTN_RESULT_H

#include "base/arena.h"
#include "xattn.h"

/* The public translation comes first, so that a pointer to it is one to all. */
typedef struct {
    xattn_translation shown;
    xattn_translation *alternatives;  // [shown.n_alternatives] the same that shown points to
    Arena memory;                     // of all that it points to

    // Where it stands in its text, for join.h.
    const char *gap;  // [n_gap] what stands before it there: spaces, line ends
    size_t n_gap;
    bool begins;  // it begins a sentence
    bool copied;  // it was not read by the model; its </s> is no sentence's
} Result;

/* An empty translation that takes from `like` what a model's translations have in common: layers,
   heads, the map to look at first. NULL with an error if there is no memory. */
Result *result_new(const xattn_translation *like, Error *err);

/* Frees it and all that it points to; NULL is fine. */
void result_free(Result *result);

/* The result that a public translation, no alternative, is the face of. */
Result *result_of(xattn_translation *translation);

/* Room for n tokens of one side, none of them there yet. */
bool result_tokens(Result *result, size_t n, xattn_tokens *tokens, Error *err);

/* Appends tokens to that, with copies of their pieces. */
bool result_append(Result *result, const xattn_tokens *from, xattn_tokens *to, Error *err);

/* Gives it n alternatives, empty as result_new makes them, for the caller to fill. False if out of
   memory. */
bool result_alternatives(Result *result, size_t n, Error *err);

/* Completes a result and its alternatives with what is the same of all: the text that was given, and
   whether it was left unsplit. False if out of memory. */
bool result_set_source_text(Result *result, const char *text, bool unsplit, Error *err);

#endif
