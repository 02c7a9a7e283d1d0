/* model_index.h: Mozilla's lists of translation models

   There are two formats, which differ in their members:

   Remote Settings, the service that Firefox uses: {"data": [record, …]}, with a record for each file.
   It has name, fromLang and toLang (or sourceLanguage and targetLanguage), version, perhaps
   architecture, fileType (model, lex, vocab, srcvocab, trgvocab) and attachment {location, size, hash}.
   hash is the SHA-256 of the transferred file. If that is compressed, decompressedSize and
   decompressedHash describe the unpacked file. filter_expression is not empty for models that only some
   versions of Firefox get.

   models.json of Mozilla's training pipeline: {"baseUrl", "models": {"en-de": [{architecture,
   releaseStatus, files: {model: {path, uncompressedSize, uncompressedHash}, lexicalShortlist, vocab,
   srcVocab, trgVocab}}, …]}}; files other than the model have only a path.

   The index comes from the network and is not trusted. Names that would leave a folder, and locations
   that are not plain paths, are refused before any download. */
#ifndef XATTN_MODEL_INDEX_H
#define XATTN_MODEL_INDEX_H

#include <cjson/cJSON.h>

#include "base/arena.h"

typedef enum {
    FILE_MODEL,
    FILE_LEX,
    FILE_VOCAB,
    FILE_SRCVOCAB,
    FILE_TRGVOCAB,
    N_FILE_TYPES
} FileType;

typedef enum { PACKED_NOT, PACKED_GZIP, PACKED_ZSTD } Packing;

typedef struct {
    const char *location;              // below the base address
    char name[128];                    // in the model's folder: without .gz or .zst
    Packing packing;                   // from the end of the location
    size_t size, unpacked_size;        // bytes; 0: not known
    char hash[65], unpacked_hash[65];  // SHA-256 in lower-case digits; "": not known
} IndexFile;

/* A version of the model for a language pair. */
typedef struct {
    char pair[64];                       // "en-de"
    const char *version, *architecture;  // "" if not known
    bool released;                       // for everyone
    const cJSON *records[N_FILE_TYPES];  // NULL: no such file
} IndexModel;

typedef struct {
    size_t n;
    IndexModel *models;  // [n] in the order of the index
    const char *base;    // models.json's baseUrl, else NULL
    cJSON *json;         // owns all strings
    Arena memory;
} ModelIndex;

/* Reads an index and takes over `json`, even on failure. Errors call it `name`. On success the caller
   frees the index with model_index_free. */
bool model_index_read(cJSON *json, const char *name, ModelIndex *index, Error *err);
void model_index_free(ModelIndex *index);

/* The best model of a pair such as "en-de", or NULL. Released models come first, then the highest
   version, then the architecture that Firefox uses on desktops. */
const IndexModel *model_index_find(const ModelIndex *index, const char *pair);

/* For qsort: by pair, the best of each pair first. */
int index_model_compare(const void *a, const void *b);

/* Lists the *n files of a model. An error if one is missing, or if its name, location, size or hash is
   invalid. */
bool index_model_files(const ModelIndex *index, const IndexModel *model,
                       IndexFile files[N_FILE_TYPES], size_t *n, Error *err);

#endif
