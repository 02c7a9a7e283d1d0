/* split.h: texts of several sentences, for models of one sentence at a time

       text ─split─> sentences ─job.h─> their translations ─join.h─> the text's */
#ifndef XATTN_SPLIT_H
#define XATTN_SPLIT_H

#include "model/model.h"
#include "xattn.h"

/* job_translate without targets, sentence by sentence. */
bool split_translate(const Model *model, const char *const *texts, size_t n,
                     const xattn_options *options, xattn_translation *translations,
                     ptrdiff_t *culprit, Error *err);

#endif
