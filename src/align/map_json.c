#include "align/map_json.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* cJSON's functions hand the failure on: adding NULL, or to NULL, fails. */

/* The number a person would write for this float: 0.1, not 0.10000000149011612. */
static cJSON *rounded(double x) {
    char text[32];
    if (!isfinite(x)) return cJSON_CreateNull();
    snprintf(text, sizeof text, "%.7g", x);
    return cJSON_CreateNumber(strtod(text, NULL));
}

/* Hands item over to the array; frees it if that fails. */
static bool push(cJSON *array, cJSON *item) {
    bool ok = cJSON_AddItemToArray(array, item);
    if (!ok) cJSON_Delete(item);
    return ok;
}

/* Hands value over to the object; frees it if that fails. */
static bool set(cJSON *object, const char *name, cJSON *value) {
    bool ok = cJSON_AddItemToObject(object, name, value);
    if (!ok) cJSON_Delete(value);
    return ok;
}

/* The item if it is complete; else it is freed. */
static cJSON *kept(cJSON *item, bool complete) {
    if (complete) return item;
    cJSON_Delete(item);
    return NULL;
}

static cJSON *floats(const float *values, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = push(array, rounded((double)values[i]));
    return kept(array, ok);
}

static cJSON *labels(const MapLabel *all, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = push(array, cJSON_CreateString(all[i].text));
    return kept(array, ok);
}

static cJSON *pieces(const xattn_tokens *tokens) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < tokens->n; i++)
        ok = push(array, cJSON_CreateString(tokens->pieces[i]));
    return kept(array, ok);
}

static cJSON *ids(const xattn_tokens *tokens) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < tokens->n; i++)
        ok = push(array, cJSON_CreateNumber(tokens->ids[i]));
    return kept(array, ok);
}

static cJSON *rows(const Map *map) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < map->n_target; i++)
        ok = push(array, floats(map->cells + i * map->n_source, map->n_source));
    return kept(array, ok);
}

static cJSON *head(const Map *map) {
    return map->head == MAP_MEAN ? cJSON_CreateString("mean") : cJSON_CreateNumber(map->head);
}

/* layer, head and, under the given name, the rows. */
static bool set_map(cJSON *object, const char *name, const Map *map) {
    return set(object, "layer", cJSON_CreateNumber(map->layer)) && set(object, "head", head(map)) &&
           set(object, name, rows(map));
}

static cJSON *map_objects(const MapList *maps) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < maps->n; i++) {
        cJSON *object = cJSON_CreateObject();
        ok = push(array, object) && set_map(object, "rows", maps->items + i);
    }
    return kept(array, ok);
}

/* Appends the object's text if it was built completely, and frees it. */
static bool finish(cJSON *object, bool complete, Buffer *out, Error *err) {
    char *text = complete ? cJSON_PrintUnformatted(object) : NULL;
    cJSON_Delete(object);
    if (!text) return error_set(err, "out of memory for a JSON object");
    buffer_string(out, text);
    cJSON_free(text);
    return buffer_ok(out, "a JSON object", err);
}

/* Numbers of a translation that kept its log-probabilities. A blank text has no pieces to score. */
static bool set_scores(cJSON *object, const xattn_translation *t) {
    if (!t->logprobs && t->target.n) return true;
    bool penalty = t->normalized_score != t->score;
    return set(object, "score", rounded(t->score)) &&
           (!penalty || set(object, "normalized_score", rounded(t->normalized_score)));
}

static bool set_logprobs(cJSON *object, const xattn_translation *t) {
    if (!t->logprobs && t->target.n) return true;
    return set(object, "token_logprobs", floats(t->logprobs, t->target.n));
}

/* The map of another hypothesis that shows the same as `like`. */
static bool set_map_like(cJSON *object, const xattn_translation *t, const Map *like) {
    MapList maps;
    Error ignored;  // it can only be memory, as for NULL from cJSON
    MapChoice choice = {.layer = like->layer, .head = like->head};
    if (!map_make(t, choice, &maps, &ignored)) return false;
    bool ok = set_map(object, "alignment", maps.items);
    map_list_free(&maps);
    return ok;
}

/* The target side of one of an n-best list. */
static cJSON *hypothesis(const xattn_translation *t, const Map *like) {
    cJSON *object = cJSON_CreateObject();
    bool ok = set(object, "target", cJSON_CreateString(t->text)) && set_scores(object, t) &&
              set(object, "target_pieces", pieces(&t->target)) &&
              set(object, "target_ids", ids(&t->target)) && set_logprobs(object, t) &&
              set(object, "truncated", cJSON_CreateBool(t->source_cut || t->target_cut)) &&
              (!like || set_map_like(object, t, like));
    return kept(object, ok);
}

static cJSON *hypotheses(const xattn_translation *t, const Map *like) {
    cJSON *array = cJSON_CreateArray();
    bool ok = push(array, hypothesis(t, like));
    for (size_t i = 0; ok && i < t->n_alternatives; i++)
        ok = push(array, hypothesis(&t->alternatives[i], like));
    return kept(array, ok);
}

bool map_json_translation(const char *source, const xattn_translation *t, const Map *map,
                          Buffer *out, Error *err) {
    cJSON *object = cJSON_CreateObject();
    bool ok = set(object, "source", cJSON_CreateString(source)) &&
              set(object, "target", cJSON_CreateString(t->text)) && set_scores(object, t) &&
              set(object, "source_pieces", pieces(&t->source)) &&
              set(object, "target_pieces", pieces(&t->target)) &&
              set(object, "source_ids", ids(&t->source)) &&
              set(object, "target_ids", ids(&t->target)) && set_logprobs(object, t) &&
              set(object, "truncated", cJSON_CreateBool(t->source_cut || t->target_cut)) &&
              (!map || set_map(object, "alignment", map)) &&
              (!t->n_alternatives || set(object, "hypotheses", hypotheses(t, map)));
    return finish(object, ok, out, err);
}

bool map_json_alignment(const char *source, const char *target, const MapList *maps, Buffer *out,
                        Error *err) {
    const Map none = {0}, *any = maps->n ? maps->items : &none;
    cJSON *object = cJSON_CreateObject();
    bool ok = set(object, "source", cJSON_CreateString(source)) &&
              set(object, "target", cJSON_CreateString(target)) &&
              set(object, "source_pieces", labels(any->source, any->n_source)) &&
              set(object, "target_pieces", labels(any->target, any->n_target)) &&
              set(object, "maps", map_objects(maps));
    return finish(object, ok, out, err);
}
