/* map.h: an alignment map, the table of what the decoder looked at

                    The   cat   sat    .   </s>
           Le      0.91  0.03  0.01  0.01  0.04     row t: the cross-attention that *predicted*
           chat    0.02  0.95  0.01  0.00  0.02     target piece t, over all source pieces;
           …                                        it sums to 1

   A translation keeps one such table for every layer and head. A Map is one of them, or the mean
   over the heads of a layer, with its labels. What may be done to it on the way, in this order:

       words     Pieces are merged into words (text/words.h). A source word gets the sum of its
                 pieces' columns, for attention is shared out among columns; a target word the mean
                 of its pieces' rows, for each row is one look. So rows still sum to 1.
       drop_eos  The rows and the columns of </s> are left out. What remains is not scaled up: a row
                 that sums to 0.1 says that the decoder had parked the rest of its look on </s>, and
                 scaling would turn that into a confident link.

   Attention is evidence of what a word was translated from, not proof. */
#ifndef XATTN_MAP_H
#define XATTN_MAP_H

#include "base/arena.h"
#include "base/buffer.h"
#include "xattn.h"

enum { MAP_MEAN = -1, MAP_ALL = -2 };

/* Which maps of a translation to make. */
typedef struct {
    int layer;  // 0 …, or MAP_ALL: one map after the other
    int head;   // 0 …, or MAP_MEAN: over the heads of a layer, or MAP_ALL: one after the other
    bool words, drop_eos;
} MapChoice;

/* One side's piece or word. */
typedef struct {
    const char *text;  // a piece as in the vocabulary (▁chat), or a word without spaces around it
    bool starts;       // a word starts here; false: a piece that continues the word before it
    bool spaced;       // a space stands before it in the text, or it is the first
    bool eos;          // </s>, the end of a sentence
} MapLabel;

typedef struct {
    size_t n_target, n_source;
    const MapLabel *target;  // [n_target], rows
    const MapLabel *source;  // [n_source], columns
    const float *cells;      // [n_target][n_source]
    int layer, head;         // head may be MAP_MEAN
    size_t n_heads;          // of the layer
    bool words;              // labels are words
} Map;

/* Maps of one translation; they share their labels. Starts as {0}. */
typedef struct {
    Map *items;  // [n], layer by layer, head by head
    size_t n;
    Arena memory;
} MapList;

/* What to show if nobody chose: the model's alignment head if it has one, else the mean over the
   heads of the last layer. Pieces, </s> kept. */
MapChoice map_default(const xattn_info *info);

/* Makes the chosen maps of a translation that has its attention. On success `maps` is the caller's,
   to free with map_list_free, and needs the translation no more; on failure it is {0}. An empty
   translation has maps without rows and columns. */
bool map_make(const xattn_translation *translation, MapChoice choice, MapList *maps, Error *err);
void map_list_free(MapList *maps);

/* Appends "layer 1, head 2" or "layer 1, mean of 4 heads". */
void map_describe(const Map *map, Buffer *out);

/* Appends a label as people read it: a piece without its ▁, with a + if it continues the word before
   it. A piece that is nothing but ▁ stays. */
void map_show_label(const Map *map, const MapLabel *label, Buffer *out);

/* The column of a row's largest cell, the first of equals; 0 if there are no columns. */
size_t map_strongest(const Map *map, size_t row);

#endif
