/* request.h: what the page asks for, as JSON, and what of it is for the library */
#ifndef XATTN_WEB_REQUEST_H
#define XATTN_WEB_REQUEST_H

#include <cjson/cJSON.h>

#include "xattn.h"

/* The parts that all requests have: {text, runners_up, prefix: [id …], ablations: [{layer, head} …]}. */
typedef struct {
    cJSON *json;
    const char *text;  // NULL if the request cannot be read
    xattn_options options;
} Request;

Request request_read(const char *json);
void request_free(Request *request);

/* Fields of an object: NULL, or -2, which the library refuses as a layer or a head, if there is no such. */
const char *request_string(const cJSON *object, const char *name);
int request_integer(const cJSON *object, const char *name);

#endif
