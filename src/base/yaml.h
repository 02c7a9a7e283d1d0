/* yaml.h: the part of YAML that Marian's settings use

       dim-emb: 256                      key: value
       transformer-preprocess: ""        quotes around a value, single or double
       transformer-tied-layers: []       a list in a line, [a, b]
       dim-vocabs:                       a list below its key
         - 32000
         - 32000

   There is one level, with comments, blank lines and `---`. Anything else (maps inside maps, anchors,
   escapes, text over several lines) is refused with its line number, so that no model is misread. */
#ifndef XATTN_YAML_H
#define XATTN_YAML_H

#include "base/arena.h"

typedef struct {
    const char *key;
    size_t line;  // from 1
    bool is_list;
    size_t n;
    const char **values;  // [n]; n is 1 for a single value
} YamlEntry;

typedef struct {
    const char *name;    // for error messages
    YamlEntry *entries;  // [n] in order
    size_t n;
} Yaml;

/* Parses n bytes. The result lies in the arena, so the bytes may be freed; `name` must live as long as
   it. */
bool yaml_parse(const char *name, const char *text, size_t n, Yaml *yaml, Arena *arena, Error *err);

/* The entry of a key, or NULL. */
const YamlEntry *yaml_find(const Yaml *yaml, const char *key);

/* The single value of a key, or `otherwise` if the key is missing. NULL with an error for a list. */
const char *yaml_text(const Yaml *yaml, const char *key, const char *otherwise, Error *err);

/* Reads an integer from least to most. A missing key is an error. */
bool yaml_size(const Yaml *yaml, const char *key, size_t least, size_t most, size_t *out,
               Error *err);

/* Reads true or false. If the key is missing, *out is `otherwise`. */
bool yaml_flag(const Yaml *yaml, const char *key, bool otherwise, bool *out, Error *err);

#endif
