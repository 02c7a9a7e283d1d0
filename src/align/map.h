/* map.h: an alignment map, a table of where the decoder looked

                    The   cat   sat    .   </s>
           Le      0.91  0.03  0.01  0.01  0.04     row t: the cross-attention that *predicted*
           chat    0.02  0.95  0.01  0.00  0.02     target piece t, over all source pieces;
           …                                        it sums to 1

   A translation keeps such a table for every layer and head. An xattn_map is one of them, or the mean
   over the heads of a layer, with labels. Options change it in this order:

       words     Pieces are merged into words (text/words.h). A source word gets the sum of its
                 pieces' columns, because columns share attention; a target word gets the mean
                 of its pieces' rows, because each row is a distribution. So rows still sum to 1.
       tokens    The same, with the tokens between spaces in both texts (tokens.h) as words.
       no_eos    The rows and columns of </s> are dropped. The others are not scaled up: if a row
                 sums to 0.1, the decoder looked at </s> with the other 0.9, and scaling would turn
                 this row into a confident link.

   Attention is evidence of what a word was translated from, not proof. */
#ifndef XATTN_MAP_H
#define XATTN_MAP_H

#include "base/buffer.h"
#include "xattn.h"

/* A choice of maps. Where the public options leave it open, it is the model's default. */
typedef struct {
    int layer, head;  // numbers, XATTN_MEAN or XATTN_ALL
    bool words, tokens, no_eos;
} MapChoice;

/* Reads options, which may be NULL, for a translation. False if it has no such layer or head. */
bool map_choose(const xattn_translation *translation, const xattn_map_options *options,
                MapChoice *choice, Error *err);

/* Whether a layer and head are the alignment head that the model declares. */
bool map_is_trained(const xattn_translation *translation, int layer, int head);

/* Appends "layer 1, head 2" or "layer 1, mean of 4 heads"; nothing for a table from the caller. */
void map_describe(const xattn_map *map, Buffer *out);

/* Appends a label for people: a piece without its ▁, or with a + if it continues the word before it. A
   piece that is only ▁ stays. */
void map_show_label(const xattn_map *map, const xattn_label *label, Buffer *out);

/* The column of a row's largest cell; of several equal ones, the first. 0 if there are no columns. */
size_t map_strongest(const xattn_map *map, size_t row);

#endif
