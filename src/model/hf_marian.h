/* hf_marian.h: reads a Hugging Face MarianMT directory

       config.json, generation_config.json   numbers: config.h
       model.safetensors, pytorch_model.bin  weights: checkpoint.h; docs/MODEL.md has the names
       vocab.json, target_vocab.json,
       source.spm, target.spm                tokenizer.h

   It reads all variants of OPUS-MT models: F32, F16 or BF16; with or without stored position tables;
   the embedding table under one or several of its names (shared, lm_head, embed_tokens); one vocabulary
   or two. */
#ifndef XATTN_HF_MARIAN_H
#define XATTN_HF_MARIAN_H

#include "model/model.h"

/* Fills a model, zero except for its precision, from a directory. `weights` is the name of a file in
   it, or NULL for the usual one. The caller frees the model with model_free, even after a failure. */
bool hf_marian_load(const char *directory, const char *weights, Model *model, Error *err);

#endif
