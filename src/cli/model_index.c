#include "cli/model_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

/* Mozilla's lists have about 1,500 records. Lookups are linear. */
enum { MOST_RECORDS = 20000 };
static const long long most_bytes = 64LL << 30;

/* The names of the file types in both formats. */
static const char *const record_types[N_FILE_TYPES] = {"model", "lex", "vocab", "srcvocab",
                                                       "trgvocab"};
static const char *const registry_types[N_FILE_TYPES] = {"model", "lexicalShortlist", "vocab",
                                                         "srcVocab", "trgVocab"};

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* The string of a key, or NULL. */
static const char *string_of(const cJSON *object, const char *key) {
    return cJSON_GetStringValue(member(object, key));
}

static const char *string_or(const char *text, const char *other) { return text ? text : other; }

/* ---- the whole index ---- */

static IndexModel *add_model(ModelIndex *index, const char *from, const char *to,
                             const char *version, const char *architecture) {
    IndexModel *model = &index->models[index->n++];
    *model = (IndexModel){.version = version ? version : "",
                          .architecture = architecture ? architecture : ""};
    snprintf(model->pair, sizeof model->pair, "%s-%s", from, to);
    return model;
}

/* The model of a record; a new one for its first record. */
static IndexModel *model_of(ModelIndex *index, const char *from, const char *to,
                            const char *version, const char *architecture) {
    IndexModel *model = add_model(index, from, to, version, architecture);
    for (IndexModel *other = model; other-- > index->models;)
        if (strcmp(other->pair, model->pair) == 0 && strcmp(other->version, model->version) == 0 &&
            strcmp(other->architecture, model->architecture) == 0) {
            index->n--;
            return other;
        }
    model->released = strspn(model->version, "0123456789.") == strlen(model->version);  // not 1.0a1
    return model;
}

/* Adds a record of a model. Skips other and incomplete records. */
static void add_record(ModelIndex *index, const cJSON *record) {
    const char *from =
        string_or(string_of(record, "sourceLanguage"), string_of(record, "fromLang"));
    const char *to = string_or(string_of(record, "targetLanguage"), string_of(record, "toLang"));
    const char *type = string_of(record, "fileType");
    const char *filter = string_of(record, "filter_expression");
    size_t t = 0;
    while (type && t < N_FILE_TYPES && strcmp(type, record_types[t]) != 0) t++;
    if (!from || !to || !type || t == N_FILE_TYPES) return;
    IndexModel *model =
        model_of(index, from, to, string_of(record, "version"), string_of(record, "architecture"));
    if (filter && *filter) model->released = false;
    if (!model->records[t]) model->records[t] = record;
}

static void add_registry_model(ModelIndex *index, const cJSON *object) {
    const char *from = string_of(object, "sourceLanguage"),
               *to = string_of(object, "targetLanguage");
    const char *status = string_or(string_of(object, "releaseStatus"), "");
    if (!from || !to) return;
    IndexModel *model =
        add_model(index, from, to, string_of(object, "version"), string_of(object, "architecture"));
    model->released = strncmp(status, "Release", 7) == 0;
    for (size_t t = 0; t < N_FILE_TYPES; t++)
        model->records[t] = member(member(object, "files"), registry_types[t]);
}

static bool alloc_models(ModelIndex *index, size_t n, const char *name, Error *err) {
    if (n > MOST_RECORDS)
        return error_set(err, "%s: %zu records, expected at most %d", name, n, MOST_RECORDS);
    index->models =
        arena_array(&index->memory, n, sizeof *index->models, "an index of models", err);
    return index->models != NULL;
}

static bool read_records(const cJSON *data, const char *name, ModelIndex *index, Error *err) {
    const cJSON *record;
    if (!alloc_models(index, (size_t)cJSON_GetArraySize(data), name, err)) return false;
    cJSON_ArrayForEach (record, data) add_record(index, record);
    return true;
}

static bool read_registry(const cJSON *models, const char *name, ModelIndex *index, Error *err) {
    const cJSON *pair, *object;
    size_t n = 0;
    cJSON_ArrayForEach (pair, models) n += (size_t)cJSON_GetArraySize(pair);
    if (!alloc_models(index, n, name, err)) return false;
    cJSON_ArrayForEach (pair, models)
        cJSON_ArrayForEach (object, pair) add_registry_model(index, object);
    index->base = string_of(index->json, "baseUrl");
    return index->base || error_set(err, "%s: no \"baseUrl\"", name);
}

bool model_index_read(cJSON *json, const char *name, ModelIndex *index, Error *err) {
    const cJSON *data = member(json, "data"), *models = member(json, "models");
    *index = (ModelIndex){.json = json};
    bool ok = cJSON_IsArray(data)      ? read_records(data, name, index, err)
              : cJSON_IsObject(models) ? read_registry(models, name, index, err)
                                       : error_set(err,
                                                   "%s: no index of models: it has neither a list "
                                                   "\"data\" nor an object \"models\"",
                                                   name);
    if (!ok) model_index_free(index);
    return ok;
}

void model_index_free(ModelIndex *index) {
    cJSON_Delete(index->json);
    arena_free(&index->memory);
    *index = (ModelIndex){0};
}

/* ---- the choice ---- */

/* Compares by numbers: 2.10 is above 2.9. */
static int compare_versions(const char *a, const char *b) {
    while (*a || *b) {
        unsigned long x = strtoul(a, (char **)&a, 10), y = strtoul(b, (char **)&b, 10);
        if (x != y) return x < y ? -1 : 1;
        a += strcspn(a, "0123456789");
        b += strcspn(b, "0123456789");
    }
    return 0;
}

static int architecture_rank(const char *name) {
    static const char *const from_best[] = {"base-memory", "base", "tiny"};
    int n = sizeof from_best / sizeof *from_best;
    for (int i = 0; i < n; i++)
        if (strcmp(name, from_best[i]) == 0) return n - i;
    return 0;
}

int index_model_compare(const void *a, const void *b) {
    const IndexModel *x = a, *y = b;
    int order = strcmp(x->pair, y->pair);
    if (!order) order = y->released - x->released;
    if (!order) order = compare_versions(y->version, x->version);
    if (!order) order = architecture_rank(y->architecture) - architecture_rank(x->architecture);
    return order;
}

const IndexModel *model_index_find(const ModelIndex *index, const char *pair) {
    const IndexModel *best = NULL;
    for (size_t i = 0; i < index->n; i++)
        if (strcmp(index->models[i].pair, pair) == 0 &&
            (!best || index_model_compare(&index->models[i], best) < 0))
            best = &index->models[i];
    return best;
}

/* ---- the files of a model ---- */

static const char plain_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

/* Accepts only names without a folder that are not hidden. */
static bool check_name(const char *name, Error *err) {
    bool is_plain =
        *name && *name != '.' && *name != '-' && strspn(name, plain_characters) == strlen(name);
    return is_plain ||
           error_set(err, "the index has a file named \"%s\", which is not a plain file name",
                     name);
}

/* Accepts only paths below the base address: no scheme, no host, no "..", nothing to escape. */
static bool check_location(const char *location, Error *err) {
    bool is_path = *location && *location != '/' && !strstr(location, "..");
    for (const char *c = location; *c; c++) is_path &= *c == '/' || strchr(plain_characters, *c);
    return is_path ||
           error_set(err, "the index has a file at \"%s\", which is not a plain path", location);
}

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), n_end = strlen(end);
    return n > n_end && strcmp(text + n - n_end, end) == 0;
}

static const char *const packing_ends[] = {"", ".gz", ".zst"};

static Packing packing_of(const char *location) {
    if (ends_with(location, ".gz")) return PACKED_GZIP;
    return ends_with(location, ".zst") ? PACKED_ZSTD : PACKED_NOT;
}

/* Reads the file's name without .gz or .zst. */
static bool read_name(const char *name, IndexFile *file, Error *err) {
    const char *end = packing_ends[file->packing];
    size_t n = strlen(name);
    if (*end && ends_with(name, end)) n -= strlen(end);
    if (n >= sizeof file->name) return error_set(err, "the index has a file name of %zu bytes", n);
    snprintf(file->name, sizeof file->name, "%.*s", (int)n, name);
    return check_name(file->name, err);
}

/* Reads a size; 0 if it is missing. */
static bool read_size(const cJSON *object, const char *key, size_t *size, Error *err) {
    const cJSON *value = member(object, key);
    long long bytes = 0;
    if (value && !cJSON_IsNull(value) &&
        !json_integer(value, "the index", key, 1, most_bytes, &bytes, err))
        return false;
    *size = (size_t)bytes;
    return true;
}

/* Reads a SHA-256; "" if it is missing. */
static bool read_hash(const cJSON *object, const char *key, char hash[65], Error *err) {
    const char *text = string_or(string_of(object, key), "");
    if (*text && (strlen(text) != 64 || strspn(text, "0123456789abcdefABCDEF") != 64))
        return error_set(err, "the index has a %s that is not a SHA-256: \"%s\"", key, text);
    for (size_t i = 0; i <= strlen(text); i++)
        hash[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] + 'a' - 'A' : text[i]);
    return true;
}

/* A record of Remote Settings has an attachment with size and hash. */
static bool read_record(const cJSON *record, IndexFile *file, Error *err) {
    const cJSON *attachment = member(record, "attachment");
    const char *name = string_of(record, "name");
    file->location = string_of(attachment, "location");
    if (!name || !file->location)
        return error_set(err, "the index has a file without name or attachment.location");
    file->packing = packing_of(file->location);
    bool ok = read_name(name, file, err) && check_location(file->location, err) &&
              read_size(attachment, "size", &file->size, err) &&
              read_hash(attachment, "hash", file->hash, err) &&
              read_size(record, "decompressedSize", &file->unpacked_size, err) &&
              read_hash(record, "decompressedHash", file->unpacked_hash, err);
    if (!ok) return false;
    return (file->size && *file->hash) ||
           error_set(err, "the index has no attachment.size or no attachment.hash for %s", name);
}

static bool read_registry_file(const cJSON *record, IndexFile *file, Error *err) {
    file->location = string_of(record, "path");
    if (!file->location) return error_set(err, "the index has a file without path");
    const char *slash = strrchr(file->location, '/');
    file->packing = packing_of(file->location);
    bool is_packed = file->packing != PACKED_NOT;
    size_t *size = is_packed ? &file->unpacked_size : &file->size;
    char *hash = is_packed ? file->unpacked_hash : file->hash;
    return read_name(slash ? slash + 1 : file->location, file, err) &&
           check_location(file->location, err) &&
           read_size(record, "uncompressedSize", size, err) &&
           read_hash(record, "uncompressedHash", hash, err);
}

static bool check_complete(const IndexModel *model, Error *err) {
    const cJSON *const *records = model->records;
    if (!records[FILE_MODEL]) return error_set(err, "the index has no model file for it");
    return records[FILE_VOCAB] || (records[FILE_SRCVOCAB] && records[FILE_TRGVOCAB]) ||
           error_set(err, "the index has no vocabulary for it");
}

bool index_model_files(const ModelIndex *index, const IndexModel *model,
                       IndexFile files[N_FILE_TYPES], size_t *n, Error *err) {
    *n = 0;
    if (!check_complete(model, err)) return false;
    for (size_t t = 0; t < N_FILE_TYPES; t++) {
        const cJSON *record = model->records[t];
        if (!record) continue;
        IndexFile *file = &files[(*n)++];
        *file = (IndexFile){0};
        if (!(index->base ? read_registry_file(record, file, err) : read_record(record, file, err)))
            return false;
        for (const IndexFile *other = files; other < file; other++)
            if (strcmp(other->name, file->name) == 0)
                return error_set(err, "the index has two files named \"%s\"", file->name);
    }
    return true;
}
