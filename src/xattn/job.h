/* job.h: from sentences to translations

       sentences ─tokenise─> sources ─search─> hypotheses ─fill─> translations

   All sentences of a job go through each stage together, so that the search can make batches of similar
   length. The result for a sentence does not depend on the others. */
#ifndef XATTN_JOB_H
#define XATTN_JOB_H

#include "model/model.h"
#include "xattn/result.h"

/* A sentence to translate. */
typedef struct {
    const char *source;
    const char *target;  // a given translation to score; NULL: search for one
    const int *prefix;   // [n_prefix] the given beginning of the translation
    size_t n_prefix;
} JobSentence;

/* Translates n sentences, or scores their given targets. The options come from options_read. `first` is
   the number of the first sentence in its text, for callbacks. On success the caller owns every
   results[i]. On failure there are none, and err->index is the number of the faulty sentence, or -1. */
bool job_translate(const Model *model, const JobSentence *sentences, size_t n, size_t first,
                   const xattn_options *options, Result **results, Error *err);

#endif
