/* generation.h: how a model's authors want its translations searched for

   These are the settings of transformers' GenerationConfig that change a translation; each is done or
   refused by name, and none is left out in silence. What only sampling or other ways of generating
   read (temperature, top_k …) changes nothing here either. decode/constraints.h applies those that
   say which token may follow; decode/beam.h has the rules of a beam. Other formats set the few of
   them that they know. */
#ifndef XATTN_GENERATION_H
#define XATTN_GENERATION_H

#include "base/arena.h"
#include "base/buffer.h"

typedef struct Settings Settings;  // settings.h

/* When a beam of N, with N translations finished, stops. */
typedef enum {
    STOP_IF_HOPELESS,  // false: when the best that lives, scored as if it ended now, is no better
    STOP_IF_FULL,      // true: at once
    STOP_IF_CERTAIN,   // "never": when it could be no better at any length (length_penalty > 0)
} EarlyStopping;

typedef struct {
    int *ids;  // [n]
    size_t n;
} IdList;

typedef struct {
    size_t max_length;     // of a translation in tokens, the start symbol included
    double length_factor;  // and at most so many a source token; 0: no such limit
    size_t min_length;     // no </s> before there are so many tokens, the start symbol included
    int forced_bos;        // what a translation begins with; -1: nothing in particular
    int forced_eos;        // what ends it at max_length; -1: nothing does

    size_t beam;                   // hypotheses a sentence; 1: greedy search
    float length_penalty;          // of a beam
    EarlyStopping early_stopping;  // of a beam

    size_t no_repeat_ngram;    // no n tokens twice in a translation; 0: they may
    float repetition_penalty;  // on tokens said before; 1: none
    bool renormalize;          // probabilities are those of what may follow, and not of all tokens

    IdList banned;             // bad words of one id: never generated, unless forced
    IdList suppressed;         // never generated
    IdList banned_first;       // not generated first (or second, after forced_bos)
    IdList *banned_sequences;  // [n_sequences] bad words of more ids: the last does not follow
    size_t n_sequences;
} Generation;

/* Greedy search, and nothing is asked for. */
Generation generation_default(void);

/* Reads them for a target vocabulary of n ids and its </s>. max_length is as it is where the files say
   nothing. Lists lie in the arena. */
bool generation_read(const Settings *settings, size_t n, int eos, Generation *generation,
                     Arena *arena, Error *err);

/* Appends a line "max_length 256, num_beams 4 …" of those in force, by transformers' names. */
void generation_describe(const Generation *generation, Buffer *out);

#endif
