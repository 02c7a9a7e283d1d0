/* effect.h: the effect of --ablate-head and --uniform-attention on a translation and its score */
#ifndef XATTN_EFFECT_H
#define XATTN_EFFECT_H

#include "base/error.h"
#include "cli/options.h"

/* Prints a table on stderr for a text: the whole model's translation with its log-probability, the
   log-probability that the ablated model gives it, and `ablated`, the ablated model's translation. For
   a given translation (--target, --pairs) it prints only both log-probabilities. All are scored as
   given translations. Prints nothing if there is no ablation, if the text is blank, or with --quiet.
   `wanted` has the options that made `ablated`. */
bool effect_print(const xattn_model *model, const Options *options, const xattn_options *wanted,
                  const char *where, const xattn_translation *ablated, Error *err);

#endif
