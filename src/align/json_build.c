#include "align/json_build.h"

#include <math.h>

#include "base/number.h"

bool json_push(cJSON *array, cJSON *item) {
    bool ok = cJSON_AddItemToArray(array, item);
    if (!ok) cJSON_Delete(item);
    return ok;
}

bool json_set(cJSON *object, const char *name, cJSON *value) {
    bool ok = cJSON_AddItemToObject(object, name, value);
    if (!ok) cJSON_Delete(value);
    return ok;
}

cJSON *json_kept(cJSON *item, bool complete) {
    if (complete) return item;
    cJSON_Delete(item);
    return NULL;
}

cJSON *json_rounded(double x, int digits) {
    char text[40];
    if (!isfinite(x)) return cJSON_CreateNull();
    double shown;
    number_format(text, sizeof text, "%.*g", digits, x);
    return cJSON_CreateNumber(number_parse(text, &shown) ? shown : x);
}

cJSON *json_pieces(const xattn_tokens *tokens) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < tokens->n; i++)
        ok = json_push(array, cJSON_CreateString(tokens->pieces[i]));
    return json_kept(array, ok);
}

cJSON *json_ids(const xattn_tokens *tokens) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < tokens->n; i++)
        ok = json_push(array, cJSON_CreateNumber(tokens->ids[i]));
    return json_kept(array, ok);
}

cJSON *json_head(int head) {
    return head == XATTN_MEAN ? cJSON_CreateString("mean") : cJSON_CreateNumber(head);
}
