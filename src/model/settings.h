/* settings.h: the JSON files of a Hugging Face model: config.json, and generation_config.json, which
   may be missing

   A JSON null counts as missing, because transformers writes null for unset values. Errors name the
   file and the key. */
#ifndef XATTN_SETTINGS_H
#define XATTN_SETTINGS_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/json.h"

enum { SETTINGS_MOST_ASKED = 64 };

typedef struct Settings {
    Buffer config_path, generation_path;
    cJSON *config, *generation;  // generation: NULL if the file is missing
    size_t n_asked;
    const char *asked[SETTINGS_MOST_ASKED];  // [n_asked] the keys about generation looked up so far
} Settings;

/* A value, and the file that has it. */
typedef struct {
    const cJSON *value;  // NULL: missing
    const char *path;    // for errors: the file that has it or could have it
    const char *key;
} Setting;

/* Reads both files of a directory. The caller calls settings_close, even after a failure. */
bool settings_open(const char *directory, Settings *settings, Error *err);
void settings_close(Settings *settings);

/* A key of config.json. */
Setting settings_config(const Settings *settings, const char *key);

/* A key about generation: from generation_config.json, or from config.json if that file is missing, as
   in older models. As in transformers, only one of the files counts. */
Setting settings_generation(Settings *settings, const char *key);

/* A key of either file. generation_config.json takes precedence. */
Setting settings_either(Settings *settings, const char *key);

/* Whether one of these two has looked up the key. */
bool settings_asked(const Settings *settings, const char *key);

/* Reads the value. If it is missing, *out does not change. */
bool setting_flag(Setting setting, bool *out, Error *err);
bool setting_size(Setting setting, long long least, long long most, size_t *out, Error *err);
bool setting_number(Setting setting, double least, double most, float *out, Error *err);

/* Reads an id below n, or a list of one id. */
bool setting_id(Setting setting, size_t n, int *out, Error *err);

#endif
