/* hf_marian.h: reads a Hugging Face MarianMT directory

       config.json, generation_config.json   numbers: config.h
       model.safetensors, pytorch_model.bin   weights: checkpoint.h; docs/MODEL.md has the names
       vocab.json, source.spm, target.spm    tokenizer.h

   The OPUS-MT models' variants are covered: F32, F16 or BF16; position tables stored or not; the
   embedding table under any of its names (shared, lm_head, embed_tokens), or several; one vocabulary
   or two. */
#ifndef XATTN_HF_MARIAN_H
#define XATTN_HF_MARIAN_H

#include "model/model.h"

/* Fills a model that is zero but for its precision from a directory; its weights are the file of that
   name in it, unless `weights` is NULL. The caller frees it with model_free, also after a failure. */
bool hf_marian_load(const char *directory, const char *weights, Model *model, Error *err);

#endif
