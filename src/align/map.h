/* map.h: an alignment map, the table of what the decoder looked at

                    The   cat   sat    .   </s>
           Le      0.91  0.03  0.01  0.01  0.04     row t: the cross-attention that *predicted*
           chat    0.02  0.95  0.01  0.00  0.02     target piece t, over all source pieces;
           …                                        it sums to 1

   A translation keeps one such table for every layer and head. An xattn_map is one of them, or the
   mean over the heads of a layer, with its labels. What may be done to it on the way, in this order:

       words     Pieces are merged into words (text/words.h). A source word gets the sum of its
                 pieces' columns, for attention is shared out among columns; a target word the mean
                 of its pieces' rows, for each row is one look. So rows still sum to 1.
       tokens    The same with what stands between the spaces of both texts (tokens.h), for words.
       no_eos    The rows and the columns of </s> are left out. What remains is not scaled up: a row
                 that sums to 0.1 says that the decoder had parked the rest of its look on </s>, and
                 scaling would turn that into a confident link.

   Attention is evidence of what a word was translated from, not proof. */
#ifndef XATTN_MAP_H
#define XATTN_MAP_H

#include "base/buffer.h"
#include "xattn.h"

/* Which maps are meant: what the public options leave open is the model's own. */
typedef struct {
    int layer, head;  // numbers, XATTN_MEAN or XATTN_ALL
    bool words, tokens, no_eos;
} MapChoice;

/* Reads options, which may be NULL, for a translation. False if it has no such layer or head. */
bool map_choose(const xattn_translation *translation, const xattn_map_options *options,
                MapChoice *choice, Error *err);

/* Whether a layer and head are the alignment head that the model declares. */
bool map_is_trained(const xattn_translation *translation, int layer, int head);

/* Appends "layer 1, head 2" or "layer 1, mean of 4 heads"; nothing for a table of the caller's. */
void map_describe(const xattn_map *map, Buffer *out);

/* Appends a label as people read it: a piece without its ▁, with a + if it continues the word before
   it. A piece that is nothing but ▁ stays. */
void map_show_label(const xattn_map *map, const xattn_label *label, Buffer *out);

/* The column of a row's largest cell, the first of equals; 0 if there are no columns. */
size_t map_strongest(const xattn_map *map, size_t row);

#endif
