/* options.h: the public options, checked, with the model's own values where they left them open

   After this nothing knows of defaults any more: zero is zero. */
#ifndef XATTN_CALL_OPTIONS_H
#define XATTN_CALL_OPTIONS_H

#include "model/model.h"

/* Reads the options, which may be NULL, of a call about n texts. With reads_targets it is about given
   translations, and what is said of search is left aside. */
bool options_read(const Model *model, const xattn_options *given, size_t n, bool reads_targets,
                  xattn_options *options, Error *err);

/* Whether what cannot be translated may be copied. Those who watch a translation, or say how it begins,
   get what the model reads and says. */
bool options_are_exact(const xattn_options *options);
bool options_may_copy(const xattn_options *options);

/* The same for the first of two models (pivot.h): what is asked of a translation is asked of the second
   alone, whose maps need the first's. */
bool options_of_first(const Model *model, const xattn_options *given, size_t n,
                      xattn_options *options, Error *err);

#endif
