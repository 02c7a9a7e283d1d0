#include "nn/candidates.h"

#include <string.h>

Restriction *candidates_restrict(const Linear *output, const Candidates *candidates,
                                 size_t n_sentences, Arena *arena, Error *err) {
    static const char what[] = "the candidates of a batch";
    Restriction *all = arena_array(arena, n_sentences, sizeof *all, what, err);
    for (size_t s = 0; all && s < n_sentences; s++) {
        size_t n = candidates[s].n;
        int *ids = arena_array(arena, n, sizeof *ids, what, err);
        if (!ids || !linear_select(output, candidates[s].ids, n, &all[s].output, arena, err))
            return NULL;
        memcpy(ids, candidates[s].ids, n * sizeof *ids);
        all[s].candidates = (Candidates){ids, n};
    }
    return all;
}
