/* translation_json.c: a translation, with or without its maps, as a JSON object on a line

   `translate --json`, `score --json`, `align --format json` and the bindings use this object; it has
   only the members that the caller asked for. Names are stable, because scripts depend on them.
   docs/alignment.schema.json is the same for machines.

       {"source":…, "target":…,
        "score":…, "normalized_score":…,                             the latter only if it differs
        "target_pieces":[…], "target_ids":[…], "token_logprobs":[…],
        "target_cut":…, "repeats":…,
        "runners_up":[[{"piece":…, "id":…, "logprob":…} …] …],       best first, a list a target piece
        "source_pieces":[…], "source_ids":[…], "source_cut":…, "sentences":…,
        "pivot":…,                                                   two models: the text in between
        "untagged":true, "unsplit":true,                             only if true
        "source_labels":[…], "target_labels":[…],                    pieces or words of the maps
        "maps":[{"layer":…, "head":…, "rows":[[…] …]} …],            rows [target][source]
        "alternatives":[{"target":…, …} …]}                          with the members of the target side

   Numbers have 7 significant digits, the precision of a float. Probabilities are in 0 … 1;
   log-probabilities are natural logarithms, null for probability 0. Layers and heads count from 0, as
   in transformers; head is "mean" for the mean over the heads of the layer. */
#include "align/json_build.h"
#include "align/map.h"

/* A float has 7 significant digits. */
static cJSON *rounded(double x) { return json_rounded(x, 7); }

static cJSON *floats(const float *values, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = json_push(array, rounded((double)values[i]));
    return json_kept(array, ok);
}

/* ---- Maps ---- */

static cJSON *labels(const xattn_label *all, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) ok = json_push(array, cJSON_CreateString(all[i].text));
    return json_kept(array, ok);
}

static cJSON *rows(const xattn_map *map) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < map->n_target; i++)
        ok = json_push(array, floats(map->cells + i * map->n_source, map->n_source));
    return json_kept(array, ok);
}

static cJSON *map_objects(const xattn_maps *maps) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t k = 0; ok && k < maps->n; k++) {
        const xattn_map *map = maps->items[k];
        cJSON *object = cJSON_CreateObject();
        ok = json_push(array, object) &&
             json_set(object, "layer", cJSON_CreateNumber(map->layer)) &&
             json_set(object, "head", json_head(map->head)) && json_set(object, "rows", rows(map));
    }
    return json_kept(array, ok);
}

/* Adds the maps of a translation, with the labels of one side or both. */
static bool set_maps(cJSON *object, const xattn_translation *t, const xattn_map_options *options,
                     bool with_source, Error *err) {
    xattn_maps *maps = xattn_maps_of(t, options, err);
    if (!maps) return false;
    const xattn_map *any = maps->items[0];
    bool ok =
        (!with_source || json_set(object, "source_labels", labels(any->source, any->n_source))) &&
        json_set(object, "target_labels", labels(any->target, any->n_target)) &&
        json_set(object, "maps", map_objects(maps));
    xattn_maps_free(maps);
    return ok;
}

/* ---- The rest ---- */

/* Adds the scores of a translation that kept its log-probabilities. A blank text has no pieces to
   score. */
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

/* [{"piece", "id", "logprob"} …] of a step */
static cJSON *step(const xattn_runner_up *all, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        cJSON *object = cJSON_CreateObject();
        ok = json_push(array, object) &&
             json_set(object, "piece", cJSON_CreateString(all[i].piece)) &&
             json_set(object, "id", cJSON_CreateNumber(all[i].id)) &&
             json_set(object, "logprob", rounded((double)all[i].logprob));
    }
    return json_kept(array, ok);
}

static cJSON *runners_up(const xattn_translation *t) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < t->target.n; i++)
        ok = json_push(array, step(t->runners_up + i * t->n_runners_up, t->n_runners_up));
    return json_kept(array, ok);
}

static bool set_target(cJSON *object, const xattn_translation *t) {
    return json_set(object, "target", cJSON_CreateString(t->text)) && set_scores(object, t) &&
           json_set(object, "target_pieces", json_pieces(&t->target)) &&
           json_set(object, "target_ids", json_ids(&t->target)) && set_logprobs(object, t) &&
           json_set(object, "target_cut", cJSON_CreateBool(t->target_cut)) &&
           json_set(object, "repeats", cJSON_CreateBool(t->repeats)) &&
           (!t->runners_up || json_set(object, "runners_up", runners_up(t)));
}

static bool set_source(cJSON *object, const xattn_translation *t) {
    return json_set(object, "source_pieces", json_pieces(&t->source)) &&
           json_set(object, "source_ids", json_ids(&t->source)) &&
           json_set(object, "source_cut", cJSON_CreateBool(t->source_cut)) &&
           json_set(object, "sentences", cJSON_CreateNumber((double)t->n_sentences)) &&
           (!t->untagged || json_set(object, "untagged", cJSON_CreateBool(true))) &&
           (!t->pivot_text || json_set(object, "pivot", cJSON_CreateString(t->pivot_text))) &&
           (!t->unsplit || json_set(object, "unsplit", cJSON_CreateBool(true)));
}

static bool set_alternatives(cJSON *object, const xattn_translation *t,
                             const xattn_map_options *maps, Error *err) {
    cJSON *array = cJSON_CreateArray();
    if (!json_set(object, "alternatives", array)) return false;
    bool ok = true;
    for (size_t i = 0; ok && i < t->n_alternatives; i++) {
        cJSON *other = cJSON_CreateObject();
        ok = json_push(array, other) && set_target(other, t->alternatives[i]) &&
             (!maps || set_maps(other, t->alternatives[i], maps, false, err));
    }
    return ok;
}

bool xattn_translation_json(const xattn_translation *t, const xattn_map_options *maps,
                            xattn_buffer *out, xattn_error *error) {
    Error spare, *err = error_or(error, &spare), failed = {0};
    cJSON *object = cJSON_CreateObject();
    bool ok = json_set(object, "source", cJSON_CreateString(t->source_text)) &&
              set_target(object, t) && set_source(object, t) &&
              (!maps || set_maps(object, t, maps, true, &failed)) &&
              (!t->n_alternatives || set_alternatives(object, t, maps, &failed));
    char *text = ok ? cJSON_PrintUnformatted(object) : NULL;
    cJSON_Delete(object);
    if (!text && failed.kind) *err = failed;
    if (!text && !failed.kind) error_kind(err, XATTN_NO_MEMORY, "out of memory for a JSON object");
    if (!text) return false;
    buffer_string(out, text);
    cJSON_free(text);
    return buffer_ok(out, "a JSON object", err);
}
