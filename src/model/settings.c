#include "model/settings.h"

#include <string.h>
#include <unistd.h>

bool settings_open(const char *directory, Settings *settings, Error *err) {
    *settings = (Settings){0};
    buffer_format(&settings->config_path, "%s/config.json", directory);
    buffer_format(&settings->generation_path, "%s/generation_config.json", directory);
    if (!buffer_ok(&settings->config_path, "a path", err) ||
        !buffer_ok(&settings->generation_path, "a path", err))
        return false;
    const char *config = settings->config_path.data, *generation = settings->generation_path.data;
    if (!(settings->config = json_load_object(config, err))) return false;
    if (access(generation, F_OK) == 0 &&
        !(settings->generation = json_load_object(generation, err)))
        return false;
    return json_check_keys(settings->config, config, err) &&
           json_check_keys(settings->generation, generation, err);
}

void settings_close(Settings *settings) {
    cJSON_Delete(settings->config);
    cJSON_Delete(settings->generation);
    buffer_free(&settings->config_path);
    buffer_free(&settings->generation_path);
}

static Setting find(const cJSON *object, const Buffer *path, const char *key) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, key);
    return (Setting){cJSON_IsNull(value) ? NULL : value, path->data, key};
}

Setting settings_config(const Settings *settings, const char *key) {
    return find(settings->config, &settings->config_path, key);
}

Setting settings_generation(Settings *settings, const char *key) {
    if (settings->n_asked < SETTINGS_MOST_ASKED) settings->asked[settings->n_asked++] = key;
    if (!settings->generation) return settings_config(settings, key);
    return find(settings->generation, &settings->generation_path, key);
}

Setting settings_either(Settings *settings, const char *key) {
    Setting setting = settings_generation(settings, key);
    return setting.value ? setting : settings_config(settings, key);
}

bool settings_asked(const Settings *settings, const char *key) {
    for (size_t i = 0; i < settings->n_asked; i++)
        if (strcmp(settings->asked[i], key) == 0) return true;
    return false;
}

bool setting_flag(Setting setting, bool *out, Error *err) {
    if (!setting.value) return true;
    *out = cJSON_IsTrue(setting.value);
    return cJSON_IsBool(setting.value) ||
           error_set(err, "%s: \"%s\" must be true or false", setting.path, setting.key);
}

bool setting_size(Setting setting, long long least, long long most, size_t *out, Error *err) {
    long long value = 0;
    if (!setting.value) return true;
    if (!json_integer(setting.value, setting.path, setting.key, least, most, &value, err))
        return false;
    *out = (size_t)value;
    return true;
}

bool setting_number(Setting setting, double least, double most, float *out, Error *err) {
    if (!setting.value) return true;
    double value = setting.value->valuedouble;
    *out = (float)value;
    return (cJSON_IsNumber(setting.value) && value >= least && value <= most) ||
           error_set(err, "%s: \"%s\" must be a number from %g to %g", setting.path, setting.key,
                     least, most);
}

bool setting_id(Setting setting, size_t n, int *out, Error *err) {
    const cJSON *value = setting.value;
    long long id;
    int n_ids = cJSON_IsArray(value) ? cJSON_GetArraySize(value) : 1;
    if (n_ids != 1)
        return error_kind(err, XATTN_UNSUPPORTED, "%s: \"%s\" is a list of %d, expected one id",
                          setting.path, setting.key, n_ids);
    if (cJSON_IsArray(value)) value = value->child;
    if (!json_integer(value, setting.path, setting.key, 0, (long long)n - 1, &id, err))
        return false;
    *out = (int)id;
    return true;
}
