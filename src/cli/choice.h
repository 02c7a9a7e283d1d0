/* choice.h: --layer and --head to a choice of maps */
#ifndef XATTN_CHOICE_H
#define XATTN_CHOICE_H

#include "align/map.h"
#include "cli/options.h"

/* What the options choose, the model's default where they say nothing; an error if the model has no
   such layer or head. */
bool choice_of_maps(const Options *options, const xattn_info *info, MapChoice *choice, Error *err);

/* "the model's alignment head" if that is what the map shows, else NULL. */
const char *choice_remark(const xattn_info *info, const Map *map);

#endif
