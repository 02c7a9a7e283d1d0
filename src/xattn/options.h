/* options.h: checking the public options and filling in the model's own values

   The code that uses the result knows no defaults: zero means zero there. */
#ifndef XATTN_CALL_OPTIONS_H
#define XATTN_CALL_OPTIONS_H

#include "model/model.h"

/* Reads the options, which may be NULL, of a call with n texts. With reads_targets the call scores
   given translations, and options of search have no effect. */
bool options_read(const Model *model, const xattn_options *given, size_t n, bool reads_targets,
                  xattn_options *options, Error *err);

/* The same for the first of two models (pivot.h). Options about the translation concern only the second
   model, but if that keeps its attention, the first must too. */
bool options_of_first(const Model *model, const xattn_options *given, size_t n,
                      xattn_options *options, Error *err);

/* Whether the model must read the text exactly as it is. This is so for callers that watch the steps of
   a translation or give its beginning. */
bool options_are_exact(const xattn_options *options);

/* Whether spans may be copied: unless the text is read exactly, or no_copy is set. */
bool options_may_copy(const xattn_options *options);

#endif
