/* map_json.h: translations and maps as JSON objects, one on a line

   The names are stable: people's scripts read them. docs/alignment.schema.json says the same to a
   machine. Numbers are rounded to 7 significant digits, what a float holds; probabilities are in
   0 … 1, log-probabilities natural logarithms. Layers and heads count from 0 as in transformers;
   head is "mean" for the mean over the heads of the layer. Every array of pieces or words ends with
   </s>, unless the map dropped it. */
#ifndef XATTN_MAP_JSON_H
#define XATTN_MAP_JSON_H

#include "align/map.h"

/* Appends what `translate --json` prints, without a newline:

       {"source":…, "target":…, "score":…, "normalized_score":…,
        "source_pieces":[…], "target_pieces":[…], "source_ids":[…], "target_ids":[…],
        "token_logprobs":[…],                         one a target piece
        "truncated":…,                                source or target was cut
        "layer":…, "head":…, "alignment":[[…] …],     [target piece][source piece]; only with a map
        "hypotheses":[{"target":…, …} …]}             only of an n-best list: all of it, best first,
                                                      each with the fields of its target side
   score and token_logprobs are there if the translation has its logprobs or is empty,
   normalized_score if a length penalty made it another number. `map` may be NULL; its labels are
   pieces, </s> kept. `source` is the text that was translated, valid UTF-8. */
bool map_json_translation(const char *source, const xattn_translation *translation, const Map *map,
                          Buffer *out, Error *err);

/* Appends what `align --format json` prints, without a newline:

       {"source":…, "target":…, "source_pieces":[…], "target_pieces":[…],
        "maps":[{"layer":…, "head":…, "rows":[[…] …]} …]}       rows [target][source]

   With maps of words, the lists of pieces hold the words instead. */
bool map_json_alignment(const char *source, const char *target, const MapList *maps, Buffer *out,
                        Error *err);

#endif
