/* api.c: the public interface. Nothing is computed here. */
#include "xattn.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/model.h"
#include "xattn/fill.h"
#include "xattn/job.h"
#include "xattn/split.h"

struct xattn_model {
    Model *model;
};

const char *xattn_version(void) { return XATTN_VERSION; }

/* Copies a failure out; always returns false. */
static bool report(const Error *inner, ptrdiff_t culprit, xattn_error *error) {
    if (error) {
        snprintf(error->text, sizeof error->text, "%s", inner->text);
        error->culprit = culprit;
    }
    return false;
}

/* The public names of the same. */
_Static_assert((int)XATTN_AS_STORED == (int)PRECISION_STORED &&
                   (int)XATTN_F32 == (int)PRECISION_F32 && (int)XATTN_INT8 == (int)PRECISION_INT8,
               "xattn_weights and Precision agree");

xattn_model *xattn_open(const char *path, xattn_error *error) {
    return xattn_open_as(path, XATTN_AS_STORED, error);
}

xattn_model *xattn_open_as(const char *path, xattn_weights weights, xattn_error *error) {
    Error err = {0};
    xattn_model *model = calloc(1, sizeof *model);
    bool ok = model ? model_load(path, (Precision)weights, &model->model, &err)
                    : error_memory(&err, sizeof *model, "a model");
    if (ok) return model;
    free(model);
    report(&err, -1, error);
    return NULL;
}

void xattn_close(xattn_model *model) {
    if (!model) return;
    model_free(model->model);
    free(model);
}

xattn_info xattn_describe(const xattn_model *model) {
    const Config *c = &model->model->config;
    return (xattn_info){
        .d_model = c->d_model,
        .encoder_layers = c->encoder_layers,
        .decoder_layers = c->decoder_layers,
        .decoder_heads = c->decoder_heads,
        .source_vocabulary = c->source_vocab,
        .target_vocabulary = c->target_vocab,
        .parameters = model->model->n_parameters,
        .has_alignment_head = c->has_alignment_head,
        .alignment_layer = c->alignment_head.layer,
        .alignment_head = c->alignment_head.head,
        .length_penalty = c->length_penalty,
    };
}

bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation *translations,
                     xattn_error *error) {
    Error err = {0};
    ptrdiff_t culprit;
    bool split = model->model->config.one_sentence && !(options && options->no_split);
    bool ok =
        split ? split_translate(model->model, texts, n, options, translations, &culprit, &err)
              : job_translate(model->model, texts, NULL, n, options, translations, &culprit, &err);
    return ok || report(&err, culprit, error);
}

bool xattn_score(const xattn_model *model, const char *const *texts, const char *const *targets,
                 size_t n, const xattn_options *options, xattn_translation *translations,
                 xattn_error *error) {
    Error err = {0};
    ptrdiff_t culprit;
    return job_translate(model->model, texts, targets, n, options, translations, &culprit, &err) ||
           report(&err, culprit, error);
}

void xattn_translation_free(xattn_translation *translation) { fill_free(translation); }
