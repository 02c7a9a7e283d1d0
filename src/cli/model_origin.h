/* model_origin.h: origin.json, which tells where a downloaded model came from

   {"format": "xattn model 1", "pair", "version", "architecture", "files": [{"name", "location",
   "sha256"}, …]}; a sha256 is that of the file in the folder, a location the one in the index. */
#ifndef XATTN_MODEL_ORIGIN_H
#define XATTN_MODEL_ORIGIN_H

#include "cli/model_index.h"

/* Writes origin.json beside the files of a model, all of which are in `folder`. */
bool origin_write(const char *folder, const IndexModel *model, const IndexFile *files, size_t n,
                  Error *err);

/* The folder's origin.json, to free with cJSON_Delete; NULL if it has none that is ours. */
cJSON *origin_read(const char *folder);

/* Whether the folder has the files that the index has now, and all of them are as they were. */
bool origin_is_current(const cJSON *origin, const char *folder, const IndexFile *files, size_t n);

#endif
