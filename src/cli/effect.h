/* effect.h: what a translation and its score lose by --ablate-head and --uniform-attention */
#ifndef XATTN_EFFECT_H
#define XATTN_EFFECT_H

#include "base/error.h"
#include "cli/options.h"

/* Prints on stderr, for one text, the translation of the whole model with its log-probability, what the
   ablated model makes of that, and `ablated`, the translation without what the options take away. If
   that one was given (--target, --pairs), only what becomes of its log-probability. All three are read
   as given translations. Nothing is printed if nothing is taken away, if the text is blank, or if
   quiet. wanted: as `ablated` was made. */
bool effect_print(const xattn_model *model, const Options *options, const xattn_options *wanted,
                  const char *where, const xattn_translation *ablated, Error *err);

#endif
