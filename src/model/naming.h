/* naming.h: what the files call a layer's parameters

   The network is one; Hugging Face and Marian name its parts differently, and lay them down
   differently. A name is put together from three parts:

       model.encoder.layers.0  .self_attn  .q_proj.weight        Hugging Face
       encoder_l1              _self       _Wq                   Marian
       layer                   block       parameter */
#ifndef XATTN_NAMING_H
#define XATTN_NAMING_H

#include <stdbool.h>
#include <stddef.h>

/* The two parameters of a Linear or a LayerNorm; without a name for the bias it is zero. */
typedef struct {
    const char *weight, *bias;
} PairNames;

typedef struct {
    const char *before, *between;           // a layer is BEFORE encoder|decoder BETWEEN number
    size_t first;                           // the number of the first layer
    const char *self, *cross, *ffn, *ssru;  // blocks; ssru: NULL if there is no such model
    PairNames query, key, value, output, attention_norm;
    PairNames inner, outer, ffn_norm;
    PairNames input, forget, ssru_norm;
    bool turned;    // a matrix lies as [in][out], not as [out][in], and a vector as [1][n]
    float epsilon;  // of every LayerNorm
    const char *ignored_suffix;  // NAME plus this goes with NAME and is not read; NULL: none does
} Naming;

extern const Naming naming_hugging_face, naming_marian;

#endif
