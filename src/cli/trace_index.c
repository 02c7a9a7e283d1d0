#include "cli/trace_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "align/json_build.h"

/* The format of traces that this version writes and recognises. */
static const char format[] = "xattn trace 1";

#define ATTENTION "src/nn/attention.c"
#define EMBEDDING "src/nn/embedding.c"
#define OPS "src/nn/ops.c"
#define SSRU "src/nn/ssru.c"

/* Facts by place (without the layer's number; "*" is any place) and name. n counts the pieces on the
   queries' side, and m those that they look at; the place decides which is n_src and which n_tgt. */
static const struct {
    const char *place, *name, *dimensions, *equation, *function, *file, *meaning;
} table[] = {
    {"*", "positions", "n d", "P[position]", "embedding_positions", EMBEDDING,
     "sines and cosines for the position of each piece"},
    {"*", "embedding", "n d", "x = E[id] · scale + P[position]", "embedding_token", EMBEDDING,
     "the input of the first layer"},

    {"*", "query", "n d", "q = x Wq + bq", "attention_forward", ATTENTION,
     "what each piece looks for; head i has columns i·dh to (i+1)·dh − 1"},
    {"*", "key", "m d", "k = y Wk + bk", "attention_project", ATTENTION,
     "what queries compare each visible piece by"},
    {"*", "value", "m d", "v = y Wv + bv", "attention_project", ATTENTION,
     "what each visible piece contributes"},
    {"*", "scores", "h n m", "q kᵀ / √dh", "attend", ATTENTION,
     "how well each query fits each key; −∞ for later keys"},
    {"*", "probabilities", "h n m", "p = softmax(scores)", "attend", ATTENTION,
     "how much each query looks at each piece; a row sums to 1"},
    {"*", "context", "n d", "p v", "attend", ATTENTION,
     "the mean of the values, weighted by p; the heads side by side"},
    {"self", "output", "n d", "context Wo + bo", "attention_forward", ATTENTION,
     "the result of the sub-layer, added to x"},
    {"cross", "output", "n d", "context Wo + bo", "attention_forward", ATTENTION,
     "the result of the sub-layer, added to x"},

    {"ssru", "forget", "n d", "f = σ(x Wf + bf)", "ssru_step", SSRU,
     "how much of the past to keep, 0 to 1"},
    {"ssru", "input", "n d", "x W", "ssru_step", SSRU, "what the newest piece may add"},
    {"ssru", "cell", "n d", "c = f ⊙ c before + (1 − f) ⊙ input", "ssru_step", SSRU,
     "the summary of the target so far"},
    {"ssru", "output", "n d", "max(0, c)", "ssru_step", SSRU,
     "the result of the sub-layer, added to x"},

    {"ffn", "hidden", "n f", "act(x W1 + b1)", "feed_forward", OPS,
     "features of each piece by itself"},
    {"ffn", "output", "n d", "hidden W2 + b2", "feed_forward", OPS,
     "the result of the sub-layer, added to x"},
    {"*", "norm", "n d", "x = LayerNorm(x + output)", "layer_norm_residual", OPS,
     "the output of the sub-layer and input x of the next"},

    {"encoder", "memory", "n d", "x after the last layer", "encoder_forward", "src/nn/encoder.c",
     "the input y of cross-attention"},
    {"decoder", "logits", "n V", "x Eᵀ + b", "output_logits", "src/nn/decoder.c",
     "a score for every piece of the vocabulary; its softmax is the probability"},
};
enum { N_TABLE = sizeof table / sizeof table[0] };

static bool is_at(const char *place, const char *at, size_t n_at) {
    return strcmp(place, "*") == 0 || (strlen(place) == n_at && memcmp(place, at, n_at) == 0);
}

/* Translates "n" and "m" in the table for a place; leaves others as they are. */
static const char *dimension(char letter, bool in_encoder, bool to_source) {
    switch (letter) {
        case 'h':
            return "h";
        case 'd':
            return "d";
        case 'f':
            return "f";
        case 'V':
            return "V";
        case 'm':
            return to_source ? "n_src" : "n_tgt";
        default:
            return in_encoder ? "n_src" : "n_tgt";
    }
}

bool trace_facts(const ActivationArray *array, TraceFacts *facts, Error *err) {
    const char *name = strrchr(array->name, '.') + 1, *end = name - 1, *at = end;
    while (at > array->name && at[-1] != '.') at--;  // to the last part of the scope
    size_t n_at = (size_t)(end - at), i = 0;
    while (i < N_TABLE && !(is_at(table[i].place, at, n_at) && strcmp(table[i].name, name) == 0))
        i++;
    if (i == N_TABLE) return error_set(err, "%s: not in the table of trace_index.c", array->name);
    bool in_encoder = strncmp(array->name, "encoder", 7) == 0;
    bool to_source = in_encoder || is_at("cross", at, n_at);
    *facts = (TraceFacts){.equation = table[i].equation,
                          .function = table[i].function,
                          .file = table[i].file,
                          .meaning = table[i].meaning};
    for (size_t k = 0; k < 3 && 2 * k < strlen(table[i].dimensions); k++)
        facts->dimensions[k] = dimension(table[i].dimensions[2 * k], in_encoder, to_source);
    return true;
}

static cJSON *shape_of(const ActivationArray *array) {
    const size_t shape[] = {array->heads, array->n, array->m};
    cJSON *list = cJSON_CreateArray();
    bool ok = list != NULL;
    for (size_t k = !array->has_heads; ok && k < 3; k++)
        ok = json_push(list, cJSON_CreateNumber((double)shape[k]));
    return json_kept(list, ok);
}

static cJSON *dimensions_of(const TraceFacts *facts) {
    cJSON *list = cJSON_CreateArray();
    bool ok = list != NULL;
    for (size_t k = 0; ok && k < 3 && facts->dimensions[k]; k++)
        ok = json_push(list, cJSON_CreateString(facts->dimensions[k]));
    return json_kept(list, ok);
}

static cJSON *describe(const ActivationArray *array, const TraceFacts *facts) {
    char file[ACTIVATION_NAME + 8];
    snprintf(file, sizeof file, "%s.npy", array->name);
    cJSON *object = cJSON_CreateObject();
    bool ok = json_set(object, "name", cJSON_CreateString(array->name)) &&
              json_set(object, "file", cJSON_CreateString(file)) &&
              json_set(object, "shape", shape_of(array)) &&
              json_set(object, "dimensions", dimensions_of(facts)) &&
              json_set(object, "equation", cJSON_CreateString(facts->equation)) &&
              json_set(object, "meaning", cJSON_CreateString(facts->meaning)) &&
              json_set(object, "function", cJSON_CreateString(facts->function)) &&
              json_set(object, "code", cJSON_CreateString(facts->file));
    return json_kept(object, ok);
}

static cJSON *describe_all(const Activations *activations, Error *err) {
    cJSON *list = cJSON_CreateArray();
    bool ok = list != NULL;
    TraceFacts facts;
    for (size_t i = 0; ok && i < activations->n; i++)
        ok = trace_facts(&activations->arrays[i], &facts, err) &&
             json_push(list, describe(&activations->arrays[i], &facts));
    return json_kept(list, ok);
}

bool trace_index(const char *source, const xattn_translation *t, const Activations *activations,
                 Buffer *out, Error *err) {
    cJSON *index = cJSON_CreateObject();
    bool ok = json_set(index, "format", cJSON_CreateString(format)) &&
              json_set(index, "source", cJSON_CreateString(source)) &&
              json_set(index, "target", cJSON_CreateString(t->text)) &&
              json_set(index, "source_pieces", json_pieces(&t->source)) &&
              json_set(index, "target_pieces", json_pieces(&t->target)) &&
              json_set(index, "source_ids", json_ids(&t->source)) &&
              json_set(index, "target_ids", json_ids(&t->target)) &&
              json_set(index, "arrays", describe_all(activations, err));
    char *text = ok ? cJSON_Print(index) : NULL;
    cJSON_Delete(index);
    buffer_string(out, text ? text : "");
    buffer_byte(out, '\n');
    cJSON_free(text);
    if (*err->text) return false;
    return text ? buffer_ok(out, "an index", err) : error_set(err, "out of memory: an index");
}

bool trace_index_is_ours(const cJSON *index) {
    const char *found = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(index, "format"));
    return found && strcmp(found, format) == 0;
}

bool trace_index_lists(const cJSON *index, const char *name) {
    const cJSON *array;
    cJSON_ArrayForEach (array, cJSON_GetObjectItemCaseSensitive(index, "arrays")) {
        const char *file = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(array, "file"));
        if (file && strcmp(file, name) == 0) return true;
    }
    return false;
}
