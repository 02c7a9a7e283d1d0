/* mozilla.h: Mozilla's index of models, from the network */
#ifndef XATTN_MOZILLA_H
#define XATTN_MOZILLA_H

#include "cli/model_index.h"

/* The collection that Firefox itself reads. */
#define MOZILLA_INDEX                                                                         \
    "https://firefox.settings.services.mozilla.com/v1/buckets/main/collections/translations-" \
    "models-v2/records"

enum { MOZILLA_ADDRESS = 1024 };

/* Downloads the index at `url` (NULL: $XATTN_INDEX, else MOZILLA_INDEX). base: the address below which its files are, without a slash at the end. For
   Remote Settings that is what its server says; models.json names it; of another index it is the
   folder that it lies in. On success the index is the caller's. */
bool mozilla_index(const char *url, ModelIndex *index, char base[MOZILLA_ADDRESS], Error *err);

#endif
