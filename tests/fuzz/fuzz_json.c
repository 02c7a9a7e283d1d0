/* JSON objects: what is accepted can be printed and is then accepted again. */
#include "base/json.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    Error err = {0};
    cJSON *object = json_parse_object("x.json", bytes, n, &err);
    if (!object) {
        require(err.text[0]);
        return 0;
    }
    bool unique = json_check_keys(object, "x.json", &err);
    for (const cJSON *entry = object->child; entry; entry = entry->next) {
        long long value;
        if (json_integer(entry, "x.json", entry->string, -5, 1000, &value, &err))
            require(value >= -5 && value <= 1000);
    }
    char *text = cJSON_PrintUnformatted(object);
    require(text);
    cJSON *again = json_parse_object("x.json", text, strlen(text), &err);
    require(again && json_check_keys(again, "x.json", &err) == unique);
    char *same = cJSON_PrintUnformatted(again);
    require(same && strcmp(same, text) == 0);
    cJSON_free(same);
    cJSON_free(text);
    cJSON_Delete(again);
    cJSON_Delete(object);
    return 0;
}
