/* npy.h: arrays for NumPy (numpy.load)

       magic "\x93NUMPY" | version 1 0 | u16 length of the header | header, a Python dict | values

   The header is padded with spaces to a multiple of 64 bytes and ends with a newline. Values are
   float32, little-endian, in C order: the last index runs fastest. */
#ifndef XATTN_NPY_H
#define XATTN_NPY_H

#include "align/map.h"

/* Appends a whole .npy file: values [shape[0]] … [shape[n - 1]]. */
bool npy_write(const float *values, const size_t *shape, size_t n, Buffer *out, Error *err);

/* Appends the maps as one array [layers][heads][n_target][n_source]. For a single map or for means of
   heads, these dimensions are 1. All maps must have the same labels, and all layers the same number of
   heads. */
bool npy_write_maps(const xattn_maps *maps, Buffer *out, Error *err);

#endif
