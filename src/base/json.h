/* json.h: a JSON file, read through cJSON and checked

   cJSON is lenient where a model's files must not be: it ignores case, takes the first of two equal
   keys, and cuts strings at \u0000. These helpers are strict, and name file and key when something
   is wrong. */
#ifndef XATTN_JSON_H
#define XATTN_JSON_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* Parses n bytes that must be one JSON object, in UTF-8, without NUL. `name` is what errors call it.
   NULL on failure; else the caller's, to free with cJSON_Delete. */
cJSON *json_parse_object(const char *name, const void *text, size_t n, Error *err);

/* The same for a file, of at most 100 MB. */
cJSON *json_load_object(const char *path, Error *err);

/* False if two keys of the object, not of those inside it, are equal. */
bool json_check_keys(const cJSON *object, const char *name, Error *err);

/* An integer from least to most. A number such as 1.5 or 1e300 is refused. */
bool json_integer(const cJSON *value, const char *name, const char *key, long long least,
                  long long most, long long *out, Error *err);

#endif
