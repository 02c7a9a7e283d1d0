#include "cli/effect.h"

#include <stdio.h>
#include <string.h>

/* "head 1.0 off, layer 0 uniform" */
static void print_ablations(const Options *options) {
    for (size_t i = 0; i < options->n_ablations; i++) {
        const xattn_ablation *a = &options->ablations[i];
        fputs(i ? ", " : "", stderr);
        if (a->head == XATTN_UNIFORM)
            fprintf(stderr, "layer %d uniform", a->layer);
        else
            fprintf(stderr, "head %d.%d off", a->layer, a->head);
    }
}

/* Prints a row: the log-probability of a translation, from the whole or the ablated model. */
static bool print_score(const xattn_model *model, const xattn_options *wanted, const char *name,
                        const char *source, const char *target, Error *err) {
    xattn_translation *t;
    if (!xattn_score(model, &source, &target, 1, wanted, &t, err)) return false;
    fprintf(stderr, "  %-8s %9.4f  %s\n", name, t->score, target);
    xattn_translation_free(t);
    return true;
}

/* Prints three rows, or two if both translations are equal. */
static bool print_table(const xattn_model *model, const xattn_options *ablated, const char *source,
                        const char *said_whole, const char *said_ablated, Error *err) {
    xattn_options with = {XATTN_OPTIONS,
                          .scores = true,
                          .no_split = ablated->no_split,
                          .target_language = ablated->target_language,
                          .no_copy = ablated->no_copy,
                          .ablations = ablated->ablations,
                          .n_ablations = ablated->n_ablations};
    xattn_options without = with;
    without.n_ablations = 0;
    return print_score(model, &without, "whole", source, said_whole, err) &&
           print_score(model, &with, "ablated", source, said_whole, err) &&
           (strcmp(said_whole, said_ablated) == 0 ||
            print_score(model, &with, "ablated", source, said_ablated, err));
}

bool effect_print(const xattn_model *model, const Options *options, const xattn_options *wanted,
                  const char *where, const xattn_translation *ablated, Error *err) {
    if (!options->n_ablations || options->quiet || !ablated->target.n) return true;
    xattn_options as_it_is = *wanted;
    as_it_is.n_ablations = 0;
    as_it_is.attention = as_it_is.scores = false;
    as_it_is.runners_up = 0;
    bool given = options->pairs || options->target;
    const char *source = ablated->source_text;
    xattn_translation *whole = NULL;
    if (!given && !xattn_translate(model, &source, 1, &as_it_is, &whole, err)) return false;
    fprintf(stderr, "%s, cross-attention with ", where);
    print_ablations(options);
    fputs("\n              log p  translation\n", stderr);
    bool ok =
        print_table(model, wanted, source, given ? ablated->text : whole->text, ablated->text, err);
    xattn_translation_free(whole);
    return ok;
}
