/* split.h: from texts to translations, window by window

       texts ─split─> sentences ─read.h─> their translations ─join.h─> the texts' translations

   Models are trained on single sentences, and translate these best. Sentences are read, translated and
   joined in windows of SPLIT_WINDOW for each thread, so the memory of a call, apart from its results,
   does not grow with the texts. A text may begin in one window and end in another. */
#ifndef XATTN_SPLIT_H
#define XATTN_SPLIT_H

#include "model/model.h"
#include "xattn.h"
#include "xattn/read.h"

enum { SPLIT_WINDOW = 512 };

/* Makes the results of a window of parts, like read_parts. */
typedef bool PartsReader(const void *context, PartMaker *maker, const PartToRead *parts, size_t n,
                         size_t first, Result **results, Error *err);

/* Translates n texts, or scores their given targets. The options come from options_read. `translations`
   [n] may be NULL if only options->result gets them. On failure there are none, and err->index is the
   number of the faulty text, or -1. */
bool split_translate(const Model *model, const char *const *texts, const char *const *targets,
                     size_t n, const xattn_options *options, xattn_translation **translations,
                     Error *err);

/* The same with `reads` instead of read_parts. `model` cuts the texts into sentences and parts, and the
   options are those of the results. */
bool split_translate_with(PartsReader *reads, const void *context, const Model *model,
                          const char *const *texts, const char *const *targets, size_t n,
                          const xattn_options *options, xattn_translation **translations,
                          Error *err);

#endif
