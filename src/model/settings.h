/* settings.h: the two JSON files of a Hugging Face model: config.json, and generation_config.json, which
   may be absent

   JSON's null counts as absent: transformers writes it for what was left alone. Errors name the file
   and the key. */
#ifndef XATTN_SETTINGS_H
#define XATTN_SETTINGS_H

#include <stddef.h>

#include "base/buffer.h"
#include "base/json.h"

typedef struct Settings {
    Buffer config_path, generation_path;
    cJSON *config, *generation;  // generation: NULL if there is no such file
} Settings;

/* Where a value was found. */
typedef struct {
    const cJSON *value;  // NULL: nowhere
    const char *path;    // for errors: the file that has it, or else the one that could
    const char *key;
} Setting;

/* Reads both files of a directory. The caller calls settings_close, on failure too. */
bool settings_open(const char *directory, Settings *settings, Error *err);
void settings_close(Settings *settings);

/* A key of config.json. */
Setting settings_config(const Settings *settings, const char *key);

/* How to generate: a key of generation_config.json; of config.json where there is no such file, as
   older models have it. As in transformers, it is the one file or the other. */
Setting settings_generation(const Settings *settings, const char *key);

/* A key that generation_config.json wins, but which may be in config.json alone. */
Setting settings_either(const Settings *settings, const char *key);

/* The value, or *out as it is where there is none. */
bool setting_flag(Setting setting, bool *out, Error *err);
bool setting_size(Setting setting, long long least, long long most, size_t *out, Error *err);
bool setting_number(Setting setting, double least, double most, float *out, Error *err);

/* An id below n, or a list of one. */
bool setting_id(Setting setting, size_t n, int *out, Error *err);

#endif
