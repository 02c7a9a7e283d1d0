#include "json.h"

cJSON *json_number(size_t n) { return cJSON_CreateNumber((double)n); }

static cJSON *strings(const char *const *texts, size_t n) {
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++) cJSON_AddItemToArray(array, cJSON_CreateString(texts[i]));
    return array;
}

/* [text, first piece, number of pieces, spaced] of each word */
static cJSON *words_json(const xattn_tokens *tokens) {
    cJSON *array = cJSON_CreateArray();
    xattn_words *words = xattn_words_of(tokens, NULL);
    for (size_t i = 0; words && i < words->n; i++) {
        const xattn_word *word = &words->items[i];
        cJSON *item = cJSON_CreateArray();
        cJSON_AddItemToArray(item, cJSON_CreateString(word->text));
        cJSON_AddItemToArray(item, json_number(word->first));
        cJSON_AddItemToArray(item, json_number(word->n));
        cJSON_AddItemToArray(item, cJSON_CreateBool(word->spaced));
        cJSON_AddItemToArray(array, item);
    }
    xattn_words_free(words);
    return array;
}

cJSON *json_tokens(const xattn_tokens *tokens) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "pieces", strings(tokens->pieces, tokens->n));
    cJSON_AddItemToObject(json, "ids", cJSON_CreateIntArray(tokens->ids, (int)tokens->n));
    cJSON_AddItemToObject(json, "words", words_json(tokens));
    return json;
}

cJSON *json_runners_up(const xattn_runner_up *runners_up, size_t n) {
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++) {
        const xattn_runner_up *r = &runners_up[i];
        cJSON *item = cJSON_CreateArray();
        cJSON_AddItemToArray(item, cJSON_CreateString(r->piece));
        cJSON_AddItemToArray(item, cJSON_CreateNumber(r->id));
        cJSON_AddItemToArray(item, cJSON_CreateNumber((double)r->logprob));
        cJSON_AddItemToArray(array, item);
    }
    return array;
}
