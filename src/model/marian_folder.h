/* marian_folder.h: reading a directory in Marian's own format

   It may be a model of Firefox Translations (Bergamot), an unpacked archive of OPUS-MT, or the result
   of your own training. marian_files.h finds the files, and marian.h reads the weights and their
   settings. This file reads the decoding settings:

       max-length-factor   most pieces of a translation for one of the source
       beam-size           hypotheses of beam search
       normalize           its length penalty
       allow-unk           whether <unk> may occur

   A word-penalty and output-sampling are errors. Other settings concern Marian's memory and
   threads. */
#ifndef XATTN_MARIAN_FOLDER_H
#define XATTN_MARIAN_FOLDER_H

#include "model/model.h"

/* Fills a model, zero except for its precision, from a directory. `weights` is the name of a file in
   it, or NULL for the usual one. The caller frees the model with model_free, even after a failure. */
bool marian_folder_load(const char *directory, const char *weights, Model *model, Error *err);

#endif
