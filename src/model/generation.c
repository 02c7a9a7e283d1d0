#include "model/generation.h"

#include <stdint.h>
#include <string.h>

#include "model/generation_keys.h"
#include "model/settings.h"

Generation generation_default(void) {
    return (Generation){.forced_bos = -1,
                        .forced_eos = -1,
                        .beam = 1,
                        .length_penalty = 1.0F,
                        .repetition_penalty = 1.0F};
}

/* Reads a list of ids. */
static bool read_ids(Setting setting, const cJSON *list, size_t n, IdList *out, Arena *arena,
                     Error *err) {
    const cJSON *item;
    *out = (IdList){0};
    if (!cJSON_IsArray(list))
        return error_set(err, "%s: \"%s\" must be a list", setting.path, setting.key);
    out->ids = arena_array(arena, (size_t)cJSON_GetArraySize(list), sizeof *out->ids, "ids", err);
    if (!out->ids) return false;
    cJSON_ArrayForEach (item, list) {
        long long id;
        if (!json_integer(item, setting.path, setting.key, 0, (long long)n - 1, &id, err))
            return false;
        out->ids[out->n++] = (int)id;
    }
    return true;
}

/* bad_words_ids is a list of lists. As in transformers, the id of a list with one element never occurs,
   except </s>; the last id of a longer list may not follow the others. */
static bool read_bad_words(Setting setting, size_t n, int eos, Generation *g, Arena *arena,
                           Error *err) {
    const cJSON *word;
    size_t n_words = (size_t)cJSON_GetArraySize(setting.value);
    if (!setting.value) return true;
    if (!cJSON_IsArray(setting.value))
        return error_set(err, "%s: \"bad_words_ids\" must be a list", setting.path);
    g->banned_sequences = arena_array(arena, n_words, sizeof(IdList), "banned ids", err);
    g->banned.ids = arena_array(arena, n_words, sizeof(int), "banned ids", err);
    if (!g->banned_sequences || !g->banned.ids) return false;
    cJSON_ArrayForEach (word, setting.value) {
        IdList ids;
        if (!read_ids(setting, word, n, &ids, arena, err)) return false;
        if (!ids.n)
            return error_set(err, "%s: \"bad_words_ids\" must hold lists of ids, not empty ones",
                             setting.path);
        if (ids.n > 1)
            g->banned_sequences[g->n_sequences++] = ids;
        else if (ids.ids[0] != eos)
            g->banned.ids[g->banned.n++] = ids.ids[0];
    }
    return true;
}

static bool read_banned(Settings *settings, size_t n, int eos, Generation *g, Arena *arena,
                        Error *err) {
    Setting words = settings_generation(settings, "bad_words_ids");
    Setting suppress = settings_generation(settings, "suppress_tokens");
    Setting begin = settings_generation(settings, "begin_suppress_tokens");
    return read_bad_words(words, n, eos, g, arena, err) &&
           (!suppress.value || read_ids(suppress, suppress.value, n, &g->suppressed, arena, err)) &&
           (!begin.value || read_ids(begin, begin.value, n, &g->banned_first, arena, err));
}

/* max_new_tokens and min_new_tokens do not count the start symbol, and take precedence. */
static bool read_lengths(Settings *settings, Generation *g, Error *err) {
    size_t most_new = 0, least_new = 0;
    if (!setting_size(settings_either(settings, "max_length"), 2, INT32_MAX, &g->max_length, err) ||
        !setting_size(settings_generation(settings, "max_new_tokens"), 1, INT32_MAX, &most_new,
                      err) ||
        !setting_size(settings_generation(settings, "min_length"), 0, INT32_MAX, &g->min_length,
                      err) ||
        !setting_size(settings_generation(settings, "min_new_tokens"), 0, INT32_MAX, &least_new,
                      err))
        return false;
    if (most_new) g->max_length = most_new + 1;
    if (least_new) g->min_length = least_new + 1;
    return true;
}

static bool read_forced(Settings *settings, size_t n, int eos, Generation *g, Error *err) {
    Setting first = settings_generation(settings, "forced_bos_token_id");
    Setting last = settings_generation(settings, "forced_eos_token_id");
    if (first.value && !setting_id(first, n, &g->forced_bos, err)) return false;
    if (last.value && !setting_id(last, n, &g->forced_eos, err)) return false;
    return g->forced_eos < 0 || g->forced_eos == eos ||
           error_set(err, "%s: \"forced_eos_token_id\" %d is not \"eos_token_id\" %d", last.path,
                     g->forced_eos, eos);
}

static bool read_early_stopping(Setting setting, Generation *g, Error *err) {
    const char *text = cJSON_GetStringValue(setting.value);
    if (cJSON_IsTrue(setting.value)) g->early_stopping = STOP_IF_FULL;
    if (text && strcmp(text, "never") == 0) {
        g->early_stopping = STOP_IF_CERTAIN;
        return true;
    }
    return !setting.value || cJSON_IsBool(setting.value) ||
           error_set(err, "%s: \"early_stopping\" must be true, false or \"never\"", setting.path);
}

bool generation_read(Settings *settings, size_t n, int eos, Generation *g, Arena *arena,
                     Error *err) {
    const long long most_beams = 64;
    return generation_keys_refuse(settings, err) && read_lengths(settings, g, err) &&
           read_forced(settings, n, eos, g, err) &&
           setting_size(settings_generation(settings, "num_beams"), 1, most_beams, &g->beam, err) &&
           setting_number(settings_generation(settings, "length_penalty"), -100.0, 100.0,
                          &g->length_penalty, err) &&
           read_early_stopping(settings_generation(settings, "early_stopping"), g, err) &&
           setting_size(settings_generation(settings, "no_repeat_ngram_size"), 0, INT32_MAX,
                        &g->no_repeat_ngram, err) &&
           setting_number(settings_generation(settings, "repetition_penalty"), 0.01, 100.0,
                          &g->repetition_penalty, err) &&
           setting_flag(settings_generation(settings, "renormalize_logits"), &g->renormalize,
                        err) &&
           read_banned(settings, n, eos, g, arena, err);
}

static void describe_list(const char *name, const IdList *list, Buffer *out) {
    enum { SHOWN = 8 };
    if (!list->n) return;
    buffer_format(out, ", %s", name);
    for (size_t i = 0; i < list->n && i < SHOWN; i++) buffer_format(out, " %d", list->ids[i]);
    if (list->n > SHOWN) buffer_format(out, " and %zu more", list->n - SHOWN);
}

void generation_describe(const Generation *g, Buffer *out) {
    static const char *const stopping[] = {"false", "true", "never"};
    buffer_format(out, "max_length %zu", g->max_length);
    if (g->min_length) buffer_format(out, ", min_length %zu", g->min_length);
    buffer_format(out, ", num_beams %zu", g->beam);
    if (g->beam > 1)
        buffer_format(out, ", length_penalty %g, early_stopping %s", (double)g->length_penalty,
                      stopping[g->early_stopping]);
    if (g->forced_bos >= 0) buffer_format(out, ", forced_bos %d", g->forced_bos);
    if (g->forced_eos >= 0) buffer_format(out, ", forced_eos %d", g->forced_eos);
    if (g->no_repeat_ngram) buffer_format(out, ", no_repeat_ngram_size %zu", g->no_repeat_ngram);
    if (g->repetition_penalty != 1.0F)
        buffer_format(out, ", repetition_penalty %g", (double)g->repetition_penalty);
    if (g->renormalize) buffer_string(out, ", renormalize_logits");
    describe_list("bad_words", &g->banned, out);
    if (g->n_sequences) buffer_format(out, " and %zu sequences", g->n_sequences);
    describe_list("suppress_tokens", &g->suppressed, out);
    describe_list("begin_suppress_tokens", &g->banned_first, out);
}
