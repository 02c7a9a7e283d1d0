/* model_index.h: Mozilla's lists of translation models

   Two formats are read, and told apart by their members:

   Remote Settings, which Firefox itself asks: {"data": [record, …]}, a record for each file, with name,
   fromLang and toLang (or sourceLanguage and targetLanguage), version, perhaps architecture, fileType
   (model, lex, vocab, srcvocab, trgvocab) and attachment {location, size, hash}. hash is a SHA-256, of
   the file as it is transferred; where that is compressed, decompressedSize and decompressedHash are
   those of what comes out of it. filter_expression is not empty for models that only some Firefoxes get.

   models.json of Mozilla's training pipeline: {"baseUrl", "models": {"en-de": [{architecture,
   releaseStatus, files: {model: {path, uncompressedSize, uncompressedHash}, lexicalShortlist, vocab,
   srcVocab, trgVocab}}, …]}}; of files other than the model there is only the path.

   The index comes from the network: nothing in it is trusted. Names that would leave a folder, and
   locations that are not plain paths, are refused before anything is downloaded. */
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
    char name[128];                    // in the model's folder, without .gz or .zst
    Packing packing;                   // as the end of the location tells
    size_t size, unpacked_size;        // bytes; 0: not known
    char hash[65], unpacked_hash[65];  // SHA-256 in small hexadecimal digits; "": not known
} IndexFile;

/* One version of one language pair. */
typedef struct {
    char pair[64];                       // "en-de"
    const char *version, *architecture;  // "" where the index does not tell
    bool released;                       // to everybody
    const cJSON *records[N_FILE_TYPES];  // NULL where it has no such file
} IndexModel;

typedef struct {
    size_t n;
    IndexModel *models;  // [n] in the order of the index
    const char *base;    // models.json's baseUrl, else NULL
    cJSON *json;         // that everything is borrowed from
    Arena memory;
} ModelIndex;

/* Takes `json` over, also on failure; `name` is what errors call it. On success the index is the
   caller's, to free with model_index_free. */
bool model_index_read(cJSON *json, const char *name, ModelIndex *index, Error *err);
void model_index_free(ModelIndex *index);

/* The best model of a pair such as "en-de": one that is released rather than one that is not, then the
   highest version, then the architecture that Firefox uses on desktops. NULL if there is none. */
const IndexModel *model_index_find(const ModelIndex *index, const char *pair);

/* For qsort: by pair, and of each pair the best first. */
int index_model_compare(const void *a, const void *b);

/* The files of a model, in *n of `files`. An error if one is missing, or if its name, location, size
   or hash is not what it should be. */
bool index_model_files(const ModelIndex *index, const IndexModel *model,
                       IndexFile files[N_FILE_TYPES], size_t *n, Error *err);

#endif
