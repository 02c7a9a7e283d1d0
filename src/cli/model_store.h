/* model_store.h: finding a model by its path or language pair

   The model of a pair such as en-de is a folder with this name. The places, in this order: the folder
   of `xattn get` ($XDG_CACHE_HOME/xattn/models, by default ~/.cache/xattn/models), the folder of the
   Python package fxtranslate, `models` beside the program, and ../share/xattn/models. */
#ifndef XATTN_MODEL_STORE_H
#define XATTN_MODEL_STORE_H

#include <limits.h>

#include "base/error.h"

/* The folder of `xattn get`, which may not exist yet. */
bool model_store_folder(char folder[PATH_MAX], Error *err);

/* Whether a name has the form of a language pair: en-de, zh-Hant-en. */
bool model_store_is_pair(const char *name);

/* Finds a model by its path or, if there is no such path, by its pair. NULL or "" means $XATTN_MODEL,
   else the model that came with the program. The error lists the places and the installed pairs. */
bool model_store_find(const char *name, char path[PATH_MAX], Error *err);

/* Finds two models through English for a pair: fr-en and en-de for fr-de. NULL means $XATTN_MODEL.
   False if one of them is missing, or if the name is not a pair. */
bool model_store_bridge(const char *name, char path[2][PATH_MAX]);

/* Calls `show` for every installed pair, in the order above and sorted in each place. Skips a pair that
   an earlier place has. Stops and returns false when `show` does. */
typedef bool ModelShow(void *context, const char *pair, const char *path, Error *err);
bool model_store_list(ModelShow *show, void *context, Error *err);

#endif
