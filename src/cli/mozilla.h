/* mozilla.h: downloading Mozilla's index of models */
#ifndef XATTN_MOZILLA_H
#define XATTN_MOZILLA_H

#include "cli/model_index.h"

/* The collection that Firefox uses. */
#define MOZILLA_INDEX                                                                         \
    "https://firefox.settings.services.mozilla.com/v1/buckets/main/collections/translations-" \
    "models-v2/records"

enum { MOZILLA_ADDRESS = 1024 };

/* Downloads the index at `url` (NULL: $XATTN_INDEX, else MOZILLA_INDEX). `base` is the address of its
   files, without a final slash: Remote Settings' server and models.json name it; for any other index it
   is the index's own folder. On success the caller frees the index. */
bool mozilla_index(const char *url, ModelIndex *index, char base[MOZILLA_ADDRESS], Error *err);

#endif
