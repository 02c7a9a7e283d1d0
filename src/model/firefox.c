#include "model/firefox.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/yaml.h"
#include "model/marian.h"

static bool matches(const char *name, const char *prefix, const char *suffix) {
    size_t n = strlen(name), n_prefix = strlen(prefix), n_suffix = strlen(suffix);
    return n >= n_prefix + n_suffix && memcmp(name, prefix, n_prefix) == 0 &&
           strcmp(name + n - n_suffix, suffix) == 0;
}

/* *path becomes DIRECTORY/PREFIX*SUFFIX in the arena, NULL if there is none; two are an error. */
static bool find_file(const char *directory, const char *prefix, const char *suffix,
                      const char **path, Arena *arena, Error *err) {
    *path = NULL;
    DIR *entries = opendir(directory);
    if (!entries) return error_set(err, "%s: %s", directory, strerror(errno));
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(entries)) != NULL;) {
        if (!matches(entry->d_name, prefix, suffix)) continue;
        if (*path)
            ok = error_set(err, "%s: there is also %s, expected one %s*%s", *path, entry->d_name,
                           prefix, suffix);
        else
            ok = (*path = file_path(directory, entry->d_name, arena, err)) != NULL;
    }
    closedir(entries);
    return ok;
}

bool firefox_is_here(const char *directory) {
    const char *path;
    Arena arena = {0};
    Error err;
    bool found = !find_file(directory, "model", ".bin", &path, &arena, &err) || path;
    arena_free(&arena);
    return found;
}

static bool load_tokenizer(const char *directory, Model *model, Error *err) {
    const Config *c = &model->config;
    Arena *arena = &model->arena;
    const char *shared, *source, *target;
    if (!find_file(directory, "vocab", ".spm", &shared, arena, err) ||
        !find_file(directory, "srcvocab", ".spm", &source, arena, err) ||
        !find_file(directory, "trgvocab", ".spm", &target, arena, err))
        return false;
    if (shared) source = target = shared;
    if (!source || !target)
        return error_set(err,
                         "%s: no vocabulary, expected vocab*.spm, or srcvocab*.spm and "
                         "trgvocab*.spm",
                         directory);
    return tokenizer_load_spm(source, c->source_vocab, shared ? NULL : target, c->target_vocab,
                              &model->tokenizer, arena, err);
}

/* Ids that the settings do not name: they are those of the target's vocabulary. Like Marian, a
   translation never says <unk>. */
static bool set_special_ids(Model *model, Error *err) {
    Config *c = &model->config;
    if (c->source_vocab != c->target_vocab &&
        model->tokenizer.source.pieces == model->tokenizer.target.pieces)
        return error_set(err, "%s: one vocabulary for models of %zu and %zu pieces",
                         model->tensors.path, c->source_vocab, c->target_vocab);
    c->eos = model->tokenizer.target.eos;
    c->pad = c->start = c->forced_eos = -1;
    c->banned = arena_array(&model->arena, 1, sizeof *c->banned, "banned ids", err);
    if (!c->banned) return false;
    c->banned[c->n_banned++] = model->tokenizer.target.unknown;
    return true;
}

static bool load_shortlist(const char *directory, Model *model, Error *err) {
    const char *path;
    if (!find_file(directory, "lex", ".bin", &path, &model->arena, err)) return false;
    if (!path) return true;
    model->has_shortlist = true;
    return shortlist_open(path, model->config.source_vocab, model->config.target_vocab,
                          model->tokenizer.source.pieces == model->tokenizer.target.pieces,
                          &model->shortlist, err);
}

/* A number of Marian's decoding settings; *out stays if it is not there. */
static bool read_number(const Yaml *yaml, const char *key, double *out, Error *err) {
    const char *text = yaml_text(yaml, key, "", err);
    if (!text || !*text) return text != NULL;
    return (number_parse(text, out) && *out >= 0.0 && *out <= 1000.0) ||
           error_set(err, "%s: \"%s\" is %s, expected a number from 0 to 1000", yaml->name, key,
                     text);
}

/* Firefox ranks beams by log-probability a token, and so does this without a file that says else. */
static bool read_decoding(const char *directory, Model *model, Error *err) {
    const char *path;
    MappedFile file;
    Yaml yaml;
    double length_penalty = 1.0;
    model->config.length_penalty = 1.0F;
    if (!find_file(directory, "config", ".yml", &path, &model->arena, err)) return false;
    if (!path) return true;
    if (!file_map(path, &file, err)) return false;
    bool ok = yaml_parse(path, (const char *)file.data, file.size, &yaml, &model->arena, err) &&
              read_number(&yaml, "max-length-factor", &model->config.length_factor, err) &&
              read_number(&yaml, "normalize", &length_penalty, err);
    file_unmap(&file);
    model->config.length_penalty = (float)length_penalty;
    return ok;
}

/* The directory of a file in the arena. */
static const char *directory_of(const char *path, Arena *arena, Error *err) {
    const char *slash = strrchr(path, '/');
    if (!slash) return ".";
    return arena_string(arena, path, slash == path ? 1 : (size_t)(slash - path), err);
}

bool firefox_load(const char *path, bool is_directory, Model *model, Error *err) {
    const char *directory = path, *weights = NULL;
    Arena *arena = &model->arena;
    model->format = "Firefox Translations (Marian)";
    if (is_directory) {
        if (!find_file(directory, "model", ".bin", &weights, arena, err)) return false;
    } else {
        directory = directory_of(path, arena, err);
        weights = directory ? arena_string(arena, path, strlen(path), err) : NULL;
    }
    return weights && marian_load_weights(weights, model, err) &&
           load_tokenizer(directory, model, err) && set_special_ids(model, err) &&
           read_decoding(directory, model, err) && load_shortlist(directory, model, err);
}
