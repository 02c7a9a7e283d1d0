/* weights.h: a matrix of weights as it is stored

       f32    w
       f16    w in half precision (IEEE 754 binary16), widened exactly where it is used
       int8   q = round(w / scale[o]), -127 … 127, with one scale for each row: w ≈ q · scale[o]

   The embedding table and the output layer are usually one such matrix, and one copy of it in memory
   serves both: a row of it is an embedding, the whole is the weight of a Linear. */
#ifndef XATTN_WEIGHTS_H
#define XATTN_WEIGHTS_H

#include <stdint.h>

#include "base/arena.h"

typedef enum { WEIGHTS_F32, WEIGHTS_F16, WEIGHTS_INT8 } WeightType;

typedef struct {
    WeightType type;
    const void *data;     // [n_rows][n_cols] float, uint16_t or int8_t; may lie in a mapped file
    const float *scales;  // [n_rows] of int8; else NULL
} Weights;

/* Floats as Weights: [n_rows][n_cols], borrowed. */
Weights weights_of_floats(const float *data);

/* "F16", and the bytes that one weight takes. */
const char *weights_type_name(WeightType type);
size_t weights_type_size(WeightType type);

/* Row `row` as floats: out [n_cols]. */
void weights_row(const Weights *weights, size_t row, size_t n_cols, float *out);

/* The rows rows[0 … n - 1], copied into the arena. False if out of memory. */
bool weights_select(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                    Weights *selected, Arena *arena, Error *err);

/* What the matrices of a model shall be in memory: as they are stored, or all of one type. Public as
   xattn_weights. */
typedef enum { PRECISION_STORED, PRECISION_F32, PRECISION_INT8 } Precision;

/* Makes *weights [n_rows][n_cols] what `precision` asks for, in the arena unless it is that already.
   A row that holds an infinity or NaN gets a scale of NaN in int8, so that all that is computed with
   it shows it. False if out of memory. */
bool weights_convert(Weights *weights, size_t n_rows, size_t n_cols, Precision precision,
                     Arena *arena, Error *err);

/* n half-precision numbers at any address, made floats exactly. */
void weights_widen_f16(const void *halves, size_t n, float *out);

#endif
