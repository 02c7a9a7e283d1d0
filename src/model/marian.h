/* marian.h: the weights and settings of a file of Marian's own

   This file deals with all that differs from a Hugging Face directory: names, matrices stored as
   [in][out], int8 weights with one scale for all rows, LayerNorm's ε of 1e-6, the other sinusoids,
   trained positions, SSRU layers. The settings are in the file itself, in the tensor
   `special:model.yml` (marian_config.h). */
#ifndef XATTN_MARIAN_H
#define XATTN_MARIAN_H

#include "model/model.h"

/* Fills the model's config, but for the ids, and its weights. */
bool marian_load_weights(const char *path, Model *model, Error *err);

#endif
