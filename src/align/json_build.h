/* json_build.h: building JSON with cJSON, for every file that writes JSON

   If memory runs out, a function returns NULL. Adding NULL, or adding to NULL, fails and frees the
   item. So a chain of && builds a whole object, with one check at its end. */
#ifndef XATTN_JSON_BUILD_H
#define XATTN_JSON_BUILD_H

#include <cjson/cJSON.h>

#include "align/map.h"

/* Add an item to an array or an object, which owns it then. Free the item if that fails. */
bool json_push(cJSON *array, cJSON *item);
bool json_set(cJSON *object, const char *name, cJSON *value);

/* Returns the item if it is complete; otherwise frees it and returns NULL. */
cJSON *json_kept(cJSON *item, bool complete);

/* x with this many significant digits, as a person would write it: 0.1, not 0.10000000149011612. null
   if x is not finite. */
cJSON *json_rounded(double x, int digits);

/* The pieces as an array of strings, and their ids as an array of numbers. */
cJSON *json_pieces(const xattn_tokens *tokens);
cJSON *json_ids(const xattn_tokens *tokens);

/* The number of a head, or "mean" for XATTN_MEAN. */
cJSON *json_head(int head);

#endif
