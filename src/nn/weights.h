/* weights.h: a matrix of weights as it is kept in memory

       f32    w
       f16    w in half precision (IEEE 754 binary16), widened exactly where it is used
       int8   q = round(w / scale[o]), -127 … 127, with one scale for each row: w ≈ q · scale[o]

   A model's file has a matrix row by row. It is packed once, at load, into panels of 16 rows, and zeros
   fill up the last panel. A cell is what a kernel takes of a row at a time: one float, one half-precision
   number, or four int8. A panel has the first cells of its 16 rows, then the second cells, and so on:

                     cell 0  cell 1                 in memory, of panel 0:
            row 0       a       e
            row 1       b       f                   a b c … d e f g … h
            row 2       c       g
            …                                       |cell 0 | |cell 1 |
            row 15      d       h                   of all 16 rows

   So what lies together are the terms of 16 outputs that belong to the same inputs: kernels.h says what
   that is good for.

   The embedding table and the output layer are usually one such matrix, and one copy of it in memory
   serves both: a row of it is an embedding, the whole is the weight of a Linear. */
#ifndef XATTN_WEIGHTS_H
#define XATTN_WEIGHTS_H

#include <stdint.h>

#include "base/arena.h"

typedef enum { WEIGHTS_F32, WEIGHTS_F16, WEIGHTS_INT8 } WeightType;

typedef struct {
    WeightType type;
    const void *data;     // [panels][cells of a row][16][numbers of a cell], in an arena
    const float *scales;  // [n_rows] of int8; else NULL
} Weights;

enum { PANEL_ROWS = 16 };

/* What the matrices of a model shall be in memory: as they are stored, or all of one type. */
typedef xattn_weights Precision;

/* The number types of files. BF16 is the upper half of a float, and is kept as F32. */
typedef enum { STORED_F32, STORED_F16, STORED_BF16, STORED_INT8 } StoredType;

/* A matrix as a file has it, before it is packed. */
typedef struct {
    StoredType type;
    const void *data;     // [n_rows][n_cols], at any address
    const float *scales;  // [n_rows] of int8; else NULL
    bool turned;          // data is [n_cols][n_rows] instead
} StoredWeights;

/* Packs a matrix [n_rows][n_cols] into the arena, in the type that `precision` asks for. Scales that it
   has are borrowed. In int8 a row that holds an infinity or NaN gets a scale of NaN, so that all that is
   computed with it shows it. False if out of memory. */
bool weights_pack(const StoredWeights *stored, size_t n_rows, size_t n_cols, Precision precision,
                  Weights *packed, Arena *arena, Error *err);

/* What a matrix is in memory, and the bytes that it takes there, scales aside. */
WeightType weights_packed_type(StoredType stored, Precision precision);
size_t weights_packed_size(WeightType type, size_t n_rows, size_t n_cols);

/* "F16" */
const char *weights_type_name(WeightType type);

/* Row `row` as floats: out [n_cols]. */
void weights_row(const Weights *weights, size_t row, size_t n_cols, float *out);

/* The rows rows[0 … n - 1], copied into the arena. False if out of memory. */
bool weights_select(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                    Weights *selected, Arena *arena, Error *err);

/* n numbers at any address, made floats exactly. */
void weights_widen_f16(const void *halves, size_t n, float *out);
void weights_widen_bf16(const void *halves, size_t n, float *out);

/* Cells of a row, and the bytes of one: of 1, 1 or 4 numbers. */
size_t weights_cells(WeightType type, size_t n_cols);
size_t weights_cell_size(WeightType type);

#endif
