/* weights.h: a matrix of weights as it is kept in memory

       f32    w
       f16    w in half precision (IEEE 754 binary16), widened exactly where it is used
       int8   q = round(w / scale[o]), -127 … 127, with one scale for each row: w ≈ q · scale[o]

   F32 and F16 lie row by row, as in the model's file. int8 is packed once, at load, in panels of 16
   rows, zeros filling up the last; a panel has 4 columns of its 16 rows, then the next 4:

                      columns 0 1 2 3   4 5 6 7            in memory, of panel 0:
            row 0             a b c d   e f g h
            row 1             i j k l   m n o p            a b c d i j k l … q r s t   e f g h m n …
            …                                              row 0   row 1     row 15    row 0   row 1
            row 15            q r s t   u v w x            |---- columns 0 to 3 ----|  |--- 4 to 7

   so 64 bytes in a row, one register or a few, are 4 terms of the sums of 16 outputs (kernels.h).

   The embedding table and the output layer are usually one such matrix, and one copy of it in memory
   serves both: a row of it is an embedding, the whole is the weight of a Linear. */
#ifndef XATTN_WEIGHTS_H
#define XATTN_WEIGHTS_H

#include <stdint.h>

#include "base/arena.h"

typedef enum { WEIGHTS_F32, WEIGHTS_F16, WEIGHTS_INT8 } WeightType;

typedef struct {
    WeightType type;
    const void *data;     // [n_rows][n_cols] float or uint16_t, may lie in a mapped file; or int8_t
                          // [panels][ceil(n_cols / 4)][16][4], in an arena
    const float *scales;  // [n_rows] of int8; else NULL
} Weights;

/* Of packed int8: rows of a panel, and columns of one that lie together. */
enum { PANEL_ROWS = 16, PANEL_COLS = 4, PANEL_STEP = PANEL_ROWS * PANEL_COLS };

/* Floats as Weights: [n_rows][n_cols], borrowed. */
Weights weights_of_floats(const float *data);

/* Packs numbers [n_rows][n_cols] with their scales [n_rows], which are borrowed, into the arena. False
   if out of memory. */
bool weights_pack(const int8_t *numbers, const float *scales, size_t n_rows, size_t n_cols,
                  Weights *packed, Arena *arena, Error *err);

/* The bytes that packed weights take. */
size_t weights_packed_size(size_t n_rows, size_t n_cols);

/* "F16" */
const char *weights_type_name(WeightType type);

/* Row `row` as floats: out [n_cols]. */
void weights_row(const Weights *weights, size_t row, size_t n_cols, float *out);

/* The rows rows[0 … n - 1], copied into the arena. False if out of memory. */
bool weights_select(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                    Weights *selected, Arena *arena, Error *err);

/* What the matrices of a model shall be in memory: as they are stored, or all of one type. */
typedef xattn_weights Precision;

/* Makes *weights [n_rows][n_cols] what `precision` asks for, in the arena unless it is that already.
   A row that holds an infinity or NaN gets a scale of NaN in int8, so that all that is computed with
   it shows it. False if out of memory. */
bool weights_convert(Weights *weights, size_t n_rows, size_t n_cols, Precision precision,
                     Arena *arena, Error *err);

/* n half-precision numbers at any address, made floats exactly. */
void weights_widen_f16(const void *halves, size_t n, float *out);

#endif
