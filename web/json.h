/* json.h: what the library returns, as the JSON that the page reads

   Each function makes a new value; what runs out of memory is missing from it, or NULL. */
#ifndef XATTN_WEB_JSON_H
#define XATTN_WEB_JSON_H

#include <cjson/cJSON.h>

#include "xattn.h"

cJSON *json_number(size_t n);

/* {pieces, ids, words: [[text, first piece, number of pieces, spaced] …]} */
cJSON *json_tokens(const xattn_tokens *tokens);

/* [[piece, id, log p] …]; log p is null if it is -infinity */
cJSON *json_runners_up(const xattn_runner_up *runners_up, size_t n);

#endif
