/* trace_index.h: the equation, shape and function of each array in a trace */
#ifndef XATTN_TRACE_INDEX_H
#define XATTN_TRACE_INDEX_H

#include <cjson/cJSON.h>

#include "base/buffer.h"
#include "cli/activations.h"

typedef struct {
    const char *dimensions[3];  // "h", "n_tgt", "n_src"; the rest is NULL
    const char *equation;       // "q = x Wq + bq"
    const char *function;       // "attention_forward"
    const char *file;           // "src/nn/attention.c"
    const char *meaning;        // a line
} TraceFacts;

/* Looks up the facts about an array. False if there are none, which would be a bug. */
bool trace_facts(const ActivationArray *array, TraceFacts *facts, Error *err);

/* Appends index.json: the text, its translation, the pieces of both, and every array with its facts. */
bool trace_index(const char *source, const xattn_translation *translation,
                 const Activations *activations, Buffer *out, Error *err);

/* Whether a JSON object is the index of a trace in this format, and whether it lists a file. */
bool trace_index_is_ours(const cJSON *index);
bool trace_index_lists(const cJSON *index, const char *name);

#endif
