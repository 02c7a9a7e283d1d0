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

static bool failed(const xattn_error *error, Error *err) {
    return error_set(err, "%s", error->text);
}

/* One row: the log-probability that the model, ablated or whole, gives a translation. */
static bool print_score(const xattn_model *model, const Options *ablated, const char *source,
                        const char *target, Error *err) {
    xattn_options wanted = {.scores = true};
    xattn_translation t;
    xattn_error error;
    if (ablated) {
        wanted.ablations = ablated->ablations;
        wanted.n_ablations = ablated->n_ablations;
    }
    if (!xattn_score(model, &source, &target, 1, &wanted, &t, &error)) return failed(&error, err);
    fprintf(stderr, "  %-8s %9.4f  %s\n", ablated ? "ablated" : "whole", t.score, target);
    xattn_translation_free(&t);
    return true;
}

bool effect_print(const xattn_model *model, const Options *options, const xattn_options *wanted,
                  const char *where, const char *source, const xattn_translation *ablated,
                  Error *err) {
    if (!options->n_ablations || options->quiet || !ablated->target.n) return true;
    xattn_options as_it_is = {.max_length = wanted->max_length,
                              .beam = wanted->beam,
                              .length_penalty = wanted->length_penalty,
                              .no_shortlist = wanted->no_shortlist,
                              .no_split = wanted->no_split};
    bool given = options->pairs || options->target;
    xattn_translation whole = {.text = ablated->text};
    xattn_error error;
    if (!given && !xattn_translate(model, &source, 1, &as_it_is, &whole, &error))
        return failed(&error, err);
    fprintf(stderr, "%s, cross-attention with ", where);
    print_ablations(options);
    fputs("\n              log p  translation\n", stderr);
    bool ok = print_score(model, NULL, source, whole.text, err) &&
              print_score(model, options, source, whole.text, err) &&
              (strcmp(whole.text, ablated->text) == 0 ||
               print_score(model, options, source, ablated->text, err));
    if (!given) xattn_translation_free(&whole);
    return ok;
}
