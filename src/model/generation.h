/* generation.h: the search settings of a model's authors

   These are the settings of transformers' GenerationConfig that change a translation. Each is either
   supported or an error that names it (generation_keys.h). decode/constraints.h applies the settings
   about possible tokens, and decode/beam.h those about a beam. Other formats set the few that they
   know. */
#ifndef XATTN_GENERATION_H
#define XATTN_GENERATION_H

#include "base/arena.h"
#include "base/buffer.h"

typedef struct Settings Settings;  // settings.h

/* When a beam of N stops after N translations are finished. */
typedef enum {
    STOP_IF_HOPELESS,  // false: when the best live one, scored as if it ended now, is no better
    STOP_IF_FULL,      // true: at once
    STOP_IF_CERTAIN,   // "never": when no length could make it better (length_penalty > 0)
} EarlyStopping;

typedef struct {
    int *ids;  // [n]
    size_t n;
} IdList;

typedef struct {
    size_t max_length;     // most tokens of a translation, with the start symbol
    double length_factor;  // most target tokens for each source token; 0: no such limit
    size_t min_length;     // least tokens before </s>, with the start symbol
    int forced_bos;        // first token of every translation; -1: none
    int forced_eos;        // last token at max_length; -1: none

    size_t beam;                   // hypotheses for each sentence; 1: greedy search
    float length_penalty;          // of a beam
    EarlyStopping early_stopping;  // of a beam

    size_t no_repeat_ngram;    // n tokens may not repeat; 0: they may
    float repetition_penalty;  // for earlier tokens; 1: none
    bool renormalize;          // the softmax is over permitted tokens only

    IdList banned;             // bad words of one id: never generated, unless forced
    IdList suppressed;         // never generated
    IdList banned_first;       // not generated first (or second, after forced_bos)
    IdList *banned_sequences;  // [n_sequences] bad words of more ids: the last may not follow
    size_t n_sequences;

    const char *unknown;  // names of settings that xattn does not know, "a, b"; NULL: none
} Generation;

/* Greedy search without any setting. */
Generation generation_default(void);

/* Reads the settings, except `unknown`, for a target vocabulary of n ids and its </s>. max_length does
   not change if the files do not set it. Lists lie in the arena. */
bool generation_read(Settings *settings, size_t n, int eos, Generation *generation, Arena *arena,
                     Error *err);

/* Appends a line "max_length 256, num_beams 4, forced_eos 0 …" with the active settings. */
void generation_describe(const Generation *generation, Buffer *out);

#endif
