#include "request.h"

#include <stdlib.h>

const char *request_string(const cJSON *object, const char *name) {
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

int request_integer(const cJSON *object, const char *name) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valueint : -2;  // which the library refuses
}

Request request_read(const char *text) {
    Request request = {.json = cJSON_Parse(text), .options = {XATTN_OPTIONS, .beam = 1}};
    const cJSON *prefix = cJSON_GetObjectItemCaseSensitive(request.json, "prefix");
    const cJSON *ablations = cJSON_GetObjectItemCaseSensitive(request.json, "ablations");
    xattn_options *options = &request.options;
    options->n_prefix = (size_t)cJSON_GetArraySize(prefix);
    options->n_ablations = (size_t)cJSON_GetArraySize(ablations);
    int *ids = calloc(options->n_prefix + 1, sizeof *ids);
    xattn_ablation *away = calloc(options->n_ablations + 1, sizeof *away);
    int runners_up = request_integer(request.json, "runners_up");
    options->runners_up = runners_up > 0 ? (size_t)runners_up : 0;
    options->scores = options->attention = true;
    options->prefix = ids;
    options->ablations = away;
    if (!ids || !away) return request;
    const cJSON *item = NULL;
    size_t i = 0, k = 0;
    cJSON_ArrayForEach (item, prefix) ids[i++] = cJSON_IsNumber(item) ? item->valueint : -1;
    cJSON_ArrayForEach (item, ablations)
        away[k++] = (xattn_ablation){request_integer(item, "layer"), request_integer(item, "head")};
    request.text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request.json, "text"));
    return request;
}

void request_free(Request *request) {
    free((void *)request->options.prefix);
    free((void *)request->options.ablations);
    cJSON_Delete(request->json);
}
