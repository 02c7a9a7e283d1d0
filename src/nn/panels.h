/* panels.h: rows of weights interleaved into a panel (weights.h)

   This transposes a matrix of cells, [16][n_cells] to [n_cells][16]. Four steps of a perfect shuffle do
   it: number the cells with bits, those of the row first; each step zips the first half of the cells
   with the second half, and so moves the first bit to the end. After four steps the bits of the row are
   the last ones (Stone, Parallel processing with the perfect shuffle, 1971). */
#ifndef XATTN_PANELS_H
#define XATTN_PANELS_H

#include <stddef.h>

/* out [n_cells][PANEL_ROWS][cell] = the cells of n <= PANEL_ROWS rows, of `cell` bytes each, 2 or 4. In
   each row they are `stride` bytes apart. Of rows n … PANEL_ROWS - 1, out stays as it is. */
void panels_interleave(const unsigned char *const *rows, size_t n, size_t stride, size_t n_cells,
                       size_t cell, unsigned char *out);

#endif
