/* json.h: a JSON file, read through cJSON and checked

   cJSON is too lenient for a model's files: it ignores case, takes the first of two equal keys, and
   cuts strings at \u0000. These functions are strict, and their errors name file and key. */
#ifndef XATTN_JSON_H
#define XATTN_JSON_H

#include <cjson/cJSON.h>

#include "base/error.h"

/* Parses n bytes, which must be one JSON object in UTF-8 without NUL. Errors call it `name`. Returns
   NULL on failure; the caller frees the result with cJSON_Delete. */
cJSON *json_parse_object(const char *name, const void *text, size_t n, Error *err);

/* The same for a file of at most 100 MB. */
cJSON *json_load_object(const char *path, Error *err);

/* False if two keys of the object are equal. Does not look into the objects inside it. */
bool json_check_keys(const cJSON *object, const char *name, Error *err);

/* Reads an integer from least to most. Refuses numbers such as 1.5 or 1e300. */
bool json_integer(const cJSON *value, const char *name, const char *key, long long least,
                  long long most, long long *out, Error *err);

#endif
