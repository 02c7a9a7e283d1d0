/* job.h: texts to translations, each read as one sentence

       texts ─tokenise─> sources ─search─> hypotheses ─fill─> translations

   All texts of a call go through each stage together, so that the search can make batches of like
   length; what comes out for a text does not depend on the others. */
#ifndef XATTN_JOB_H
#define XATTN_JOB_H

#include "model/model.h"
#include "xattn.h"

/* Translates n texts; with targets, reads those as the translations instead of searching. options may
   be NULL. On success every translations[i] is the caller's; on failure none is, and *culprit is the
   number of the text that the error is about, -1 if it is about none. */
bool job_translate(const Model *model, const char *const *texts, const char *const *targets,
                   size_t n, const xattn_options *options, xattn_translation *translations,
                   ptrdiff_t *culprit, Error *err);

#endif
