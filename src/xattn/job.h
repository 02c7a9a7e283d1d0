/* job.h: sentences to translations

       sentences ─tokenise─> sources ─search─> hypotheses ─fill─> translations

   All sentences of a job go through each stage together, so that the search can make batches of like
   length; what comes out for one does not depend on the others. */
#ifndef XATTN_JOB_H
#define XATTN_JOB_H

#include "model/model.h"
#include "xattn/result.h"

/* One of them. */
typedef struct {
    const char *source;
    const char *target;  // to be read as the translation; NULL: one is searched for
    const int *prefix;   // [n_prefix] how the translation begins
    size_t n_prefix;
} JobSentence;

/* Translates n sentences, or, if they have targets, reads those. The options have been read
   (options.h). first: the number of the first sentence in its text, for those who watch. On success
   every results[i] is the caller's; on failure there is none, and err->index is the number of the
   sentence that it is about, -1 if it is about none. */
bool job_translate(const Model *model, const JobSentence *sentences, size_t n, size_t first,
                   const xattn_options *options, Result **results, Error *err);

#endif
