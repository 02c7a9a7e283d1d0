/* firefox.h: reads a model of Firefox Translations (Bergamot), or another of Marian's own

       model*.bin                            weights and settings: marian.h
       vocab*.spm                            pieces and ids of both languages, or
       srcvocab*.spm, trgvocab*.spm          of one each
       lex*.bin                              the shortlist, may be absent: shortlist.h
       config*.yml                           Marian's decoding settings, may be absent; of these
                                             max-length-factor and normalize are read

   in one directory, each once. */
#ifndef XATTN_FIREFOX_H
#define XATTN_FIREFOX_H

#include "model/model.h"

/* Fills a model that is zero but for its precision from a directory, or from the .bin in it. The caller frees it with model_free,
   also after a failure. */
bool firefox_load(const char *path, bool is_directory, Model *model, Error *err);

/* Whether a directory holds such a model: a file model*.bin. */
bool firefox_is_here(const char *directory);

#endif
