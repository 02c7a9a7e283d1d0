/* split.h: texts to translations, sentence by sentence, a window at a time

       texts ─split─> sentences ─read.h─> their translations ─join.h─> the texts' translations

   Models are trained on sentences, and translate those best. What one call takes beside its results
   does not grow with the texts: sentences are read, translated and joined in windows of SPLIT_WINDOW a
   thread. A text may begin in one window and end in another. */
#ifndef XATTN_SPLIT_H
#define XATTN_SPLIT_H

#include "model/model.h"
#include "xattn.h"
#include "xattn/read.h"

enum { SPLIT_WINDOW = 512 };

/* Makes the results of a window of parts, as read_parts does. */
typedef bool PartsReader(const void *context, PartMaker *maker, const PartToRead *parts, size_t n,
                         size_t first, Result **results, Error *err);

/* Translates n texts, or, with targets, reads those. The options have been read (options.h).
   translations: [n], or NULL if options->result is all that wants them. On failure there is none, and
   err->index is the number of the text that it is about, -1 if it is about none. */
bool split_translate(const Model *model, const char *const *texts, const char *const *targets,
                     size_t n, const xattn_options *options, xattn_translation **translations,
                     Error *err);

/* The same, with `reads` in read_parts' place: the model is the one whose sentences and pieces the texts
   are cut into, and the options are those of the results. */
bool split_translate_with(PartsReader *reads, const void *context, const Model *model,
                          const char *const *texts, const char *const *targets, size_t n,
                          const xattn_options *options, xattn_translation **translations,
                          Error *err);

#endif
