/* marian.h: the weights and settings in Marian's own files

   Differences from a Hugging Face directory: names, matrices stored as [in][out], int8 weights with one
   scale for all rows, LayerNorm's ε of 1e-6, the other sinusoids, trained positions, SSRU layers. The
   settings are in the tensor `special:model.yml` of the same file (marian_config.h). */
#ifndef XATTN_MARIAN_H
#define XATTN_MARIAN_H

#include "model/model.h"

/* Reads the weights and the config, except the ids. */
bool marian_load_weights(const char *path, Model *model, Error *err);

#endif
