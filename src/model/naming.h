/* naming.h: the names of a layer's parameters in files

   Hugging Face and Marian have different names and layouts for the same parameters. A name has three
   parts:

       model.encoder.layers.0  .self_attn  .q_proj.weight        Hugging Face
       encoder_l1              _self       _Wq                   Marian
       layer                   block       parameter */
#ifndef XATTN_NAMING_H
#define XATTN_NAMING_H

#include <stdbool.h>
#include <stddef.h>

/* The names of the two parameters of a Linear or a LayerNorm. If the bias has no name, it is zero. */
typedef struct {
    const char *weight, *bias;
} PairNames;

typedef struct {
    const char *before, *between;  // a layer is named BEFORE encoder|decoder BETWEEN number
    size_t first;                  // the number of the first layer
    const char *self, *cross, *ffn, *ssru;  // blocks; ssru: NULL if the format has none
    PairNames query, key, value, output, attention_norm;
    PairNames inner, outer, ffn_norm;
    PairNames input, forget, ssru_norm;
    bool turned;                 // matrices are stored as [in][out], vectors as [1][n]
    float epsilon;               // of every LayerNorm
    const char *ignored_suffix;  // a tensor NAME plus this is ignored; NULL: none
} Naming;

extern const Naming naming_hugging_face, naming_marian;

#endif
