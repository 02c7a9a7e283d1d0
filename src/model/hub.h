/* hub.h: downloads in the cache of the Hugging Face Hub

       $HF_HUB_CACHE/models--ORGANISATION--NAME/refs/main         the name of a snapshot
       $HF_HUB_CACHE/models--ORGANISATION--NAME/snapshots/…       a directory each

   The cache is where huggingface_hub puts it: $HF_HUB_CACHE, else $HF_HOME/hub, else
   huggingface/hub in $XDG_CACHE_HOME or ~/.cache. */
#ifndef XATTN_HUB_H
#define XATTN_HUB_H

#include "base/arena.h"

/* Finds out whether a path that does not exist is a model's name on the Hub, ORGANISATION/NAME, or its
   address there. *name becomes the name, or NULL if it is neither, or if a directory ORGANISATION
   exists here. *download becomes the directory of that model in the cache, or NULL. Both lie in the
   arena. False only without memory. */
bool hub_find(const char *path, const char **name, const char **download, Arena *arena, Error *err);

/* Replaces models--ORGANISATION--NAME with the snapshot of refs/main in it, or with the only one. Other
   directories stay. */
bool hub_snapshot(const char **directory, Arena *arena, Error *err);

#endif
