#include "align/map_json.h"

#include "align/json_build.h"

/* A float holds 7 significant digits. */
static cJSON *rounded(double x) { return json_rounded(x, 7); }

static cJSON *floats(const float *values, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = json_push(array, rounded((double)values[i]));
    return json_kept(array, ok);
}

static cJSON *labels(const MapLabel *all, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = json_push(array, cJSON_CreateString(all[i].text));
    return json_kept(array, ok);
}

static cJSON *rows(const Map *map) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < map->n_target; i++)
        ok = json_push(array, floats(map->cells + i * map->n_source, map->n_source));
    return json_kept(array, ok);
}

/* layer, head and, under the given name, the rows. */
static bool set_map(cJSON *object, const char *name, const Map *map) {
    return json_set(object, "layer", cJSON_CreateNumber(map->layer)) &&
           json_set(object, "head", json_head(map->head)) && json_set(object, name, rows(map));
}

static cJSON *map_objects(const MapList *maps) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < maps->n; i++) {
        cJSON *object = cJSON_CreateObject();
        ok = json_push(array, object) && set_map(object, "rows", maps->items + i);
    }
    return json_kept(array, ok);
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
    return json_set(object, "score", rounded(t->score)) &&
           (!penalty || json_set(object, "normalized_score", rounded(t->normalized_score)));
}

static bool set_logprobs(cJSON *object, const xattn_translation *t) {
    if (!t->logprobs && t->target.n) return true;
    return json_set(object, "token_logprobs", floats(t->logprobs, t->target.n));
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
    bool ok = json_set(object, "target", cJSON_CreateString(t->text)) && set_scores(object, t) &&
              json_set(object, "target_pieces", json_pieces(&t->target)) &&
              json_set(object, "target_ids", json_ids(&t->target)) && set_logprobs(object, t) &&
              json_set(object, "truncated", cJSON_CreateBool(t->source_cut || t->target_cut)) &&
              (!like || set_map_like(object, t, like));
    return json_kept(object, ok);
}

static cJSON *hypotheses(const xattn_translation *t, const Map *like) {
    cJSON *array = cJSON_CreateArray();
    bool ok = json_push(array, hypothesis(t, like));
    for (size_t i = 0; ok && i < t->n_alternatives; i++)
        ok = json_push(array, hypothesis(&t->alternatives[i], like));
    return json_kept(array, ok);
}

bool map_json_translation(const char *source, const xattn_translation *t, const Map *map,
                          Buffer *out, Error *err) {
    cJSON *object = cJSON_CreateObject();
    bool ok = json_set(object, "source", cJSON_CreateString(source)) &&
              json_set(object, "target", cJSON_CreateString(t->text)) && set_scores(object, t) &&
              json_set(object, "source_pieces", json_pieces(&t->source)) &&
              json_set(object, "target_pieces", json_pieces(&t->target)) &&
              json_set(object, "source_ids", json_ids(&t->source)) &&
              json_set(object, "target_ids", json_ids(&t->target)) && set_logprobs(object, t) &&
              json_set(object, "truncated", cJSON_CreateBool(t->source_cut || t->target_cut)) &&
              (!map || set_map(object, "alignment", map)) &&
              (!t->n_alternatives || json_set(object, "hypotheses", hypotheses(t, map)));
    return finish(object, ok, out, err);
}

bool map_json_alignment(const char *source, const char *target, const MapList *maps, Buffer *out,
                        Error *err) {
    const Map none = {0}, *any = maps->n ? maps->items : &none;
    cJSON *object = cJSON_CreateObject();
    bool ok = json_set(object, "source", cJSON_CreateString(source)) &&
              json_set(object, "target", cJSON_CreateString(target)) &&
              json_set(object, "source_pieces", labels(any->source, any->n_source)) &&
              json_set(object, "target_pieces", labels(any->target, any->n_target)) &&
              json_set(object, "maps", map_objects(maps));
    return finish(object, ok, out, err);
}
