/* weights.h: a matrix of weights in memory

       f32    w
       f16    w in half precision (IEEE 754 binary16), widened exactly when it is used
       int8   q = round(w / scale[o]), -128 … 127, with a scale for each row: w ≈ q · scale[o]

   A model's file stores a matrix row by row. Loading packs it into panels of 16 rows; zeros fill up the
   last panel. A cell is the part of a row that a kernel processes at once: one float, one
   half-precision number, or four int8. A panel has the first cells of its 16 rows, then the second
   cells, and so on:

                     cell 0  cell 1                 in memory, of panel 0:
            row 0       a       e
            row 1       b       f                   a b c … d e f g … h
            row 2       c       g
            …                                       |cell 0 | |cell 1 |
            row 15      d       h                   of all 16 rows

   So the weights of 16 outputs for the same input lie side by side. kernels.h explains why that is
   fast.

   A row of int8 has an even number of cells, with zeros at the end if need be. In two cells, numbers 0,
   1, 4 and 5 are a four, and so are 2, 3, 6 and 7: int8.h may add their products in 16 bits. The reach
   of a matrix is the largest sum that the numbers of one sign have in any four, as a magnitude. So if
   0 <= x <= m, the products of a four add up to m · reach at most, and to −m · reach at least.

   The embedding table and the output layer are usually the same matrix, and share one copy in memory: a
   row of it is an embedding, and the whole is the weight of a Linear. An embedding table that is no
   output layer is not packed. */
#ifndef XATTN_WEIGHTS_H
#define XATTN_WEIGHTS_H

#include <stdint.h>

#include "base/arena.h"

typedef enum { WEIGHTS_F32, WEIGHTS_F16, WEIGHTS_INT8 } WeightType;

/* The type of a model's matrices in memory: as stored in the file, or one type for all. */
typedef xattn_weights Precision;

/* The number types of files. BF16 is the upper half of a float; in memory it becomes F32. */
typedef enum { STORED_F32, STORED_F16, STORED_BF16, STORED_INT8 } StoredType;

/* A matrix in a file, before packing. */
typedef struct {
    StoredType type;
    const void *data;     // [n_rows][n_cols], at any address
    const float *scales;  // [n_rows] of int8; else NULL
    bool turned;          // transposed: data is [n_cols][n_rows]
} StoredWeights;

typedef struct {
    WeightType type;
    const void *data;              // [panels][cells of a row][16][numbers of a cell], in an arena
    const float *scales;           // [n_rows] of int8; else NULL
    const int32_t *sums;           // [n_rows] of int8: Σ q; else NULL
    int32_t reach;                 // of int8: see above
    const StoredWeights *in_file;  // not NULL: the matrix is not packed; only weights_row reads it
} Weights;

enum {
    PANEL_ROWS = 16,
    INT8_MULTIPLE = 8,  // the columns of int8 are padded with zeros to a multiple of it
    INT8_OWN_REACH = 129,
    WEIGHTS_FILE_COLS = 8192
};

/* Packs a matrix [n_rows][n_cols] into the arena, in the type that `precision` names. Scales from the
   file must outlive the weights. In int8 a row with an infinity or NaN gets the scale NaN, so that
   every result computed from it is NaN. False if out of memory. */
bool weights_pack(const StoredWeights *stored, size_t n_rows, size_t n_cols, Precision precision,
                  Weights *packed, Arena *arena, Error *err);

/* The same in int8, for a matrix that is also packed in another type. Finds Σ|w| of each row, norms
   [n_rows]. False if out of memory. */
bool weights_round(const StoredWeights *stored, size_t n_rows, size_t n_cols, Weights *rounded,
                   float *norms, Arena *arena, Error *err);

/* The type of a matrix in memory, and its size in bytes without the scales. */
WeightType weights_packed_type(StoredType stored, Precision precision);
size_t weights_packed_size(WeightType type, size_t n_rows, size_t n_cols);

/* "F16" */
const char *weights_type_name(WeightType type);

/* Writes row `row` as floats to out [n_cols]. */
void weights_row(const Weights *weights, size_t row, size_t n_cols, float *out);

/* A packed matrix without its first rows. `first` is a multiple of PANEL_ROWS. */
Weights weights_from(const Weights *weights, size_t first, size_t n_cols);

/* A matrix whose rows are only looked up stays in its file: weights_row reads the row there, and gives
   the bits that it would give after packing. `stored` and its data must outlive the weights. It is not
   turned, and has at most WEIGHTS_FILE_COLS columns. */
Weights weights_in_file(const StoredWeights *stored, Precision precision);

/* Copies the rows rows[0 … n - 1] into the arena. False if out of memory. */
bool weights_select(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                    Weights *selected, Arena *arena, Error *err);

/* Converts n numbers, at any address, to floats. Exact. */
void weights_widen_f16(const void *halves, size_t n, float *out);
void weights_widen_bf16(const void *halves, size_t n, float *out);

/* The number of cells in a row. */
size_t weights_cells(WeightType type, size_t n_cols);

#endif
