/* tiny_model.h: tiny MarianMT directories for tests, written from nothing

       TinyModel options = tiny_model_default();
       options.dtype = DTYPE_BF16;
       char *directory = tiny_model_write(&options);
       tiny_file_replace(directory, "config.json", "\"relu\"", "\"gelu\"");
       …
       tiny_model_remove(directory);

   Weights are pseudo-random, the same on every machine, and have at most 8 significant bits, so the
   three dtypes hold the very same numbers. They mean nothing, but nothing in them is symmetric or
   all but zero either. What fails here fails the running test. */
#ifndef XATTN_TINY_MODEL_H
#define XATTN_TINY_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "model/tensors.h"

typedef enum {
    POSITIONS_LEFT_OUT,  // as newer files
    POSITIONS_SINUSOID,  // stored, and what a reader would compute; F32 only
    POSITIONS_RANDOM,    // stored, and something else
} TinyPositions;

typedef struct {
    size_t d, heads, ffn, encoder_layers, decoder_layers, max_positions;
    size_t source_vocab, target_vocab;  // the target's counts only if they are separate
    DType dtype;
    const char *activation;
    TinyPositions positions;
    bool separate_vocabs;
    bool copies;         // lm_head and embed_tokens are stored again
    bool untied_output;  // lm_head is a matrix of its own
    bool tags;           // >>deu<< and >>fra<< are in the source's vocabulary
    bool lowercase_capitals;
    bool forced_eos;
    size_t max_length;
    float eos_bias;  // added to the logit of </s>: 100 ends at once, -100 never
    unsigned seed;
} TinyModel;

/* d 12, 3 heads, f 20, 2 + 2 layers, 60 positions, 61 pieces, F32, swish, everything shared, nothing
   stored twice, at most 40 tokens with a forced </s>. */
TinyModel tiny_model_default(void);

/* Writes config.json, generation_config.json, vocab.json (target_vocab.json), source.spm, target.spm
   and model.safetensors into a new directory under $TMPDIR or /tmp and returns its path, to free
   with tiny_model_remove. In a vocabulary of V pieces </s> is 0, <unk> 1 and <pad>, the start symbol,
   V - 1; the others are ▁a … ▁z, a … z, ▁aa, ▁ab … from 2 on (4 with tags; the target's, where it
   has its own, in the opposite order). The .spm files know them and have byte pieces for none. */
char *tiny_model_write(const TinyModel *options);

/* Deletes the directory, the files in it and the path. */
void tiny_model_remove(char *directory);

/* Bytes of DIRECTORY/NAME, to free, with a NUL behind them that is not counted. */
char *tiny_file_read(const char *directory, const char *name, size_t *size);

/* Creates or replaces DIRECTORY/NAME. */
void tiny_file_write(const char *directory, const char *name, const void *bytes, size_t size);

/* Replaces the first occurrence of `from`, which must exist, by `to`. The file becomes longer or
   shorter as needed; where that is the header of model.safetensors, its length is corrected. */
void tiny_file_replace(const char *directory, const char *name, const char *from, const char *to);

#endif
