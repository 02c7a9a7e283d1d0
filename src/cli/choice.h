/* choice.h: from --layer and --head to a choice of maps */
#ifndef XATTN_CHOICE_H
#define XATTN_CHOICE_H

#include "base/error.h"
#include "cli/options.h"

/* Turns the options into the library's. An error if the model has no such layer or head. */
bool choice_of_maps(const Options *options, const xattn_info *info, xattn_map_options *choice,
                    Error *err);

#endif
