/* marian_folder.h: reads a model of Marian's own from its directory

   That is a model of Firefox Translations (Bergamot), or what an archive of OPUS-MT holds, or what a
   training of one's own has left: marian_files.h finds the files, marian.h reads the weights and their
   settings, and the decoding settings are read here:

       max-length-factor   most pieces of a translation for one of the source
       normalize           the length penalty of beam search
       allow-unk           whether <unk> may be said

   A word-penalty is refused by name; what is left concerns Marian's memory and threads. */
#ifndef XATTN_MARIAN_FOLDER_H
#define XATTN_MARIAN_FOLDER_H

#include "model/model.h"

/* Fills a model that is zero but for its precision from a directory; its weights are the file of that
   name in it, unless `weights` is NULL. The caller frees it with model_free, also after a failure. */
bool marian_folder_load(const char *directory, const char *weights, Model *model, Error *err);

#endif
