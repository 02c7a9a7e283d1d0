/* generation_keys.h: the keys of transformers' GenerationConfig that xattn does not follow

   A key is one of three kinds: xattn follows it (generation.c and config.c look it up), refuses it by
   name, because it needs another search, or passes over it, because it does not change what greedy or
   beam search finds. A key that is none of these, perhaps of a newer transformers, is listed by
   `inspect`. scripts/parity/generation_keys.py tries every key of the transformers that is installed. */
#ifndef XATTN_GENERATION_KEYS_H
#define XATTN_GENERATION_KEYS_H

#include "base/arena.h"

typedef struct Settings Settings;  // settings.h

/* Refuses settings that need another search, unless their value switches them off. */
bool generation_keys_refuse(Settings *settings, Error *err);

/* *unknown becomes the names of unknown keys of generation_config.json that are not null, "a, b"; NULL
   if there are none. Control characters in a name become '?'. The text lies in the arena. Call it when
   all settings have been read: a key that was looked up is known. */
bool generation_keys_unknown(const Settings *settings, const char **unknown, Arena *arena,
                             Error *err);

#endif
