/* model_origin.h: origin.json, which records the origin of a downloaded model

   {"format": "xattn model 1", "pair", "version", "architecture", "files": [{"name", "location",
   "sha256"}, …]}. sha256 is the hash of the file in the folder, location that of the index. */
#ifndef XATTN_MODEL_ORIGIN_H
#define XATTN_MODEL_ORIGIN_H

#include "cli/model_index.h"

/* Writes origin.json to `folder`, which already has all files of the model. */
bool origin_write(const char *folder, const IndexModel *model, const IndexFile *files, size_t n,
                  Error *err);

/* Reads a folder's origin.json; the caller frees it with cJSON_Delete. NULL if the folder has none from
   xattn. */
cJSON *origin_read(const char *folder);

/* Whether the folder has the files of the current index, and they are unchanged. */
bool origin_is_current(const cJSON *origin, const char *folder, const IndexFile *files, size_t n);

#endif
