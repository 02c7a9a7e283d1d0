/* files.h: a trained network as a MarianMT directory, for xattn and transformers (docs/MODEL.md, Files) */
#ifndef LEARN_FILES_H
#define LEARN_FILES_H

#include "base/buffer.h"
#include "network.h"
#include "tasks.h"

/* Makes a directory and its parents, unless they exist. Whether it can be written to, files_write tells. */
bool files_make_directory(const char *path, Error *err);

/* Creates or replaces DIRECTORY/NAME, whole. */
bool files_write(const char *directory, const char *name, const Buffer *bytes, Error *err);

/* Writes config.json, generation_config.json, tokenizer_config.json, vocab.json, source.spm, target.spm
   and model.safetensors. alignment: {layer, head} of the cross-attention that `xattn align` shows. */
bool files_write_model(const char *directory, const Task *task, const Pieces *pieces,
                       const Network *net, const size_t alignment[2], Error *err);

#endif
