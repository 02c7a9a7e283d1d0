/* json_build.h: JSON in the making, through cJSON, shared by all that writes it

   What runs out of memory is NULL, and adding NULL, or adding to NULL, fails and frees: so a whole
   object is built in one chain of && and asked about once at its end. */
#ifndef XATTN_JSON_BUILD_H
#define XATTN_JSON_BUILD_H

#include <cjson/cJSON.h>

#include "align/map.h"

/* Hand the item over to the array or the object; free it if that fails. */
bool json_push(cJSON *array, cJSON *item);
bool json_set(cJSON *object, const char *name, cJSON *value);

/* The item if it is complete; else it is freed, and NULL. */
cJSON *json_kept(cJSON *item, bool complete);

/* The number of that many significant digits that a person would write for x: 0.1, not
   0.10000000149011612. null if x is not finite. */
cJSON *json_rounded(double x, int digits);

/* The pieces as an array of strings, and their ids as one of numbers. */
cJSON *json_pieces(const xattn_tokens *tokens);
cJSON *json_ids(const xattn_tokens *tokens);

/* The number of a head, or "mean" for XATTN_MEAN. */
cJSON *json_head(int head);

#endif
