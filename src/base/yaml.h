/* yaml.h: the part of YAML that Marian's settings are written in

       dim-emb: 256                      key: value
       transformer-preprocess: ""        quotes around a value, single or double
       transformer-tied-layers: []       a list in a line, [a, b]
       dim-vocabs:                       a list below its key
         - 32000
         - 32000

   one level, with comments, blank lines and `---`. Anything else (maps inside maps, anchors, escapes,
   text over several lines) is refused with its line: better no model than a misread one. */
#ifndef XATTN_YAML_H
#define XATTN_YAML_H

#include "base/arena.h"

typedef struct {
    const char *key;
    size_t line;  // from 1
    bool is_list;
    size_t n;
    const char **values;  // [n]; a single value is one
} YamlEntry;

typedef struct {
    const char *name;    // of the text, for error messages
    YamlEntry *entries;  // [n] in order
    size_t n;
} Yaml;

/* Parses n bytes, which need not outlive the call; everything lies in the arena. `name` is kept. */
bool yaml_parse(const char *name, const char *text, size_t n, Yaml *yaml, Arena *arena, Error *err);

/* The entry of that key, or NULL. */
const YamlEntry *yaml_find(const Yaml *yaml, const char *key);

/* The single value of a key, `otherwise` if there is no such key; NULL with an error for a list. */
const char *yaml_text(const Yaml *yaml, const char *key, const char *otherwise, Error *err);

/* A whole number from least to most. A key that is missing is an error. */
bool yaml_size(const Yaml *yaml, const char *key, size_t least, size_t most, size_t *out,
               Error *err);

/* true or false; *out is `otherwise` if there is no such key. */
bool yaml_flag(const Yaml *yaml, const char *key, bool otherwise, bool *out, Error *err);

#endif
