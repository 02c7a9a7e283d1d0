/* model_store.h: where models are, by path or by language pair

   A pair such as en-de is a folder of that name, in this order: where `xattn get` puts models
   ($XDG_CACHE_HOME/xattn/models, by default ~/.cache/xattn/models), where the Python package fxtranslate
   does, models beside the program, and ../share/xattn/models beside its folder. */
#ifndef XATTN_MODEL_STORE_H
#define XATTN_MODEL_STORE_H

#include <limits.h>

#include "base/error.h"

/* Where `xattn get` puts models; it may not be there yet. */
bool model_store_folder(char folder[PATH_MAX], Error *err);

/* Whether a name has the form of a language pair: en-de, zh-Hant-en. */
bool model_store_is_pair(const char *name);

/* The path of a model: of a path itself, of a pair that is no path, the place where it is. NULL or "":
   $XATTN_MODEL, else the model that came with the program. An error says where it is not, and which
   pairs there are. */
bool model_store_find(const char *name, char path[PATH_MAX], Error *err);

/* The paths of two models that lead to a pair, such as fr-de, through English: fr-en and en-de. NULL:
   $XATTN_MODEL. False if one of them is missing, or the name is no pair. */
bool model_store_bridge(const char *name, char path[2][PATH_MAX]);

/* Calls show for every pair, in the order above and by name in each place. A pair that an earlier place
   hides is left out. False as soon as show is. */
typedef bool ModelShow(void *context, const char *pair, const char *path, Error *err);
bool model_store_list(ModelShow *show, void *context, Error *err);

#endif
