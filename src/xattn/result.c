#include "xattn/result.h"

#include <stdlib.h>
#include <string.h>

static xattn_translation empty_like(const xattn_translation *like) {
    return (xattn_translation){.source_text = "",
                               .text = "",
                               .n_layers = like->n_layers,
                               .n_heads = like->n_heads,
                               .map_layer = like->map_layer,
                               .map_head = like->map_head,
                               .map_is_trained = like->map_is_trained};
}

Result *result_new(const xattn_translation *like, Error *err) {
    Result *result = calloc(1, sizeof *result);
    if (result)
        result->shown = empty_like(like);
    else
        error_memory(err, sizeof *result, "a translation");
    return result;
}

void result_free(Result *result) {
    if (result) arena_free(&result->memory);
    free(result);
}

Result *result_of(xattn_translation *translation) { return (Result *)translation; }

bool result_tokens(Result *result, size_t n, xattn_tokens *tokens, Error *err) {
    *tokens = (xattn_tokens){
        .pieces = arena_array(&result->memory, n, sizeof *tokens->pieces, "pieces", err),
        .ids = arena_array(&result->memory, n, sizeof *tokens->ids, "ids", err)};
    return tokens->pieces && tokens->ids;
}

bool result_append(Result *result, const xattn_tokens *from, xattn_tokens *to, Error *err) {
    for (size_t i = 0; i < from->n; i++) {
        const char *piece = from->pieces[i];
        to->ids[to->n] = from->ids[i];
        to->pieces[to->n] = arena_string(&result->memory, piece, strlen(piece), err);
        if (!to->pieces[to->n++]) return false;
    }
    return true;
}

bool result_alternatives(Result *result, size_t n, Error *err) {
    static const char what[] = "translations";
    xattn_translation *all = arena_array(&result->memory, n, sizeof *all, what, err);
    const xattn_translation **list = arena_array(&result->memory, n, sizeof *list, what, err);
    if (!all || !list) return false;
    for (size_t i = 0; i < n; i++) {
        all[i] = empty_like(&result->shown);
        list[i] = &all[i];
    }
    result->alternatives = all;
    result->shown.n_alternatives = n;
    result->shown.alternatives = list;
    return true;
}

bool result_set_source_text(Result *result, const char *text, bool unsplit, Error *err) {
    xattn_translation *t = &result->shown;
    t->source_text = arena_string(&result->memory, text, strlen(text), err);
    t->unsplit = unsplit;
    for (size_t k = 0; k < t->n_alternatives; k++) {
        xattn_translation *other = &result->alternatives[k];
        other->source_text = t->source_text;
        other->source_cut = t->source_cut;
        other->untagged = t->untagged;
        other->unsplit = unsplit;
    }
    return t->source_text != NULL;
}
