/* split.h: texts to translations, sentence by sentence, a window at a time

       texts ─split─> sentences ─job.h─> their translations ─join.h─> the texts' translations

   Models are trained on sentences, and translate those best. What one call takes beside its results
   does not grow with the texts: sentences are read, translated and joined in windows of SPLIT_WINDOW a
   thread. A text may begin in one window and end in another. */
#ifndef XATTN_SPLIT_H
#define XATTN_SPLIT_H

#include "model/model.h"
#include "xattn.h"

enum { SPLIT_WINDOW = 512 };

/* Translates n texts, or, with targets, reads those. The options have been read (options.h).
   translations: [n], or NULL if options->result is all that wants them. On failure there is none, and
   err->index is the number of the text that it is about, -1 if it is about none. */
bool split_translate(const Model *model, const char *const *texts, const char *const *targets,
                     size_t n, const xattn_options *options, xattn_translation **translations,
                     Error *err);

#endif
