/* api.c: the public interface to models and translations. Nothing is computed here. */
#include <stdlib.h>

#include "base/file.h"
#include "base/sized.h"
#include "xattn/model.h"
#include "xattn/options.h"
#include "xattn/pivot.h"
#include "xattn/result.h"
#include "xattn/split.h"

const char *xattn_version(void) { return XATTN_VERSION; }

void xattn_buffer_free(xattn_buffer *buffer) {
    if (buffer) buffer_free(buffer);
}

/* ---- Models ---- */

static xattn_info describe(const Model *model) {
    const Config *c = &model->config;
    return (xattn_info){
        .d_model = c->d_model,
        .encoder_layers = c->encoder_layers,
        .decoder_layers = c->decoder_layers,
        .decoder_heads = c->decoder_heads,
        .source_vocabulary = c->source_vocab,
        .target_vocabulary = c->target_vocab,
        .source_limit = model_source_limit(model),
        .target_limit = model_target_limit(model),
        .parameters = model->n_parameters,
        .has_alignment_head = c->has_alignment_head,
        .alignment_layer = c->alignment_head.layer,
        .alignment_head = c->alignment_head.head,
        .beam = c->generation.beam,
        .length_penalty = c->generation.length_penalty,
        .has_shortlist = model->has_shortlist,
    };
}

xattn_model *xattn_open(const char *path, const xattn_open_options *options, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    xattn_open_options o;
    if (!sized_copy(options, &o, sizeof o, "xattn_open_options", err)) return NULL;
    xattn_model *model = calloc(1, sizeof *model);
    if (!model) {
        error_memory(err, sizeof *model, "a model");
        return NULL;
    }
    file_copy(o.copy);
    bool ok = model_load(path, o.weights, &model->model, err);
    file_copy(false);
    if (!ok) {
        free(model);
        return NULL;
    }
    model->info = describe(model->model);
    return model;
}

void xattn_close(xattn_model *model) {
    if (!model) return;
    model_free(model->model);
    free(model);
}

const xattn_info *xattn_describe(const xattn_model *model) { return &model->info; }

/* ---- Translations ---- */

static bool translate(const xattn_model *model, const char *const *texts,
                      const char *const *targets, size_t n, const xattn_options *given,
                      xattn_translation **translations, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    xattn_options options;
    if (!options_read(model->model, given, n, targets != NULL, &options, err)) return false;
    if (n && !translations && !options.result)
        return error_kind(err, XATTN_USAGE, "translations and options.result are both NULL");
    return split_translate(model->model, texts, targets, n, &options, translations, err);
}

bool xattn_translate(const xattn_model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation **translations,
                     xattn_error *error) {
    return translate(model, texts, NULL, n, options, translations, error);
}

bool xattn_score(const xattn_model *model, const char *const *texts, const char *const *targets,
                 size_t n, const xattn_options *options, xattn_translation **translations,
                 xattn_error *error) {
    return translate(model, texts, targets, n, options, translations, error);
}

bool xattn_pivot(const xattn_model *first, const xattn_model *second, const char *const *texts,
                 size_t n, const xattn_options *given, xattn_translation **translations,
                 xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    xattn_options before, onward;
    if (!options_read(second->model, given, n, false, &onward, err)) return false;
    if (onward.step || onward.observe || onward.n_prefix)
        return error_kind(err, XATTN_USAGE, "step, observe and prefix need one model");
    if (n && !translations && !onward.result)
        return error_kind(err, XATTN_USAGE, "translations and options.result are both NULL");
    return options_of_first(first->model, given, n, &before, err) &&
           pivot_translate(&(Pivot){first->model, second->model, &before, &onward}, texts, n,
                           translations, err);
}

void xattn_translation_free(xattn_translation *translation) {
    if (translation) result_free(result_of(translation));
}
