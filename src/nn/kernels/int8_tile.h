/* int8_tile.h: the body of an int8 kernel, the same for every kind of processor

   An int8_*.c file says what its vectors are, and then includes this:

       vec                      a register of int32 sums, PARTS next to each other for every output
       PARTS                    1, or 2 where a step adds 4 products up in two sums
       ROWS, PANELS             rows and panels of a tile, 2 to 4 and 1 to 4: the sums, and the
                                weights of one step, are to fit the registers
       bytes                    what vec_dot_add takes
       bytes_weight(p)          4 numbers for every output of a vec, from a panel
       bytes_row(p)             4 numbers of a row, again for every output
       vec_dot_add(w, x, sum)   sum + products of w and x, added up within lanes
       WEIGHT_OFFSET            what bytes_weight adds to every weight

   All arithmetic is exact: |x|, |w| <= 128 and n_in <= 65536, so no sum leaves an int32. */
#include "nn/kernels/int8_layer.h"

enum {
    LANES = sizeof(vec) / sizeof(int32_t),
    VECS = PANEL_ROWS * PARTS / LANES,  // of a panel
    VEC_BYTES = PANEL_STEP / VECS       // of a panel's step that one of them takes
};

/* Not inline: the tile's registers are then stored as they are, before anything is done with their
   lanes. */
static __attribute__((noinline)) void lanes_write(const Int8Product *p, const Band *b, size_t r,
                                                  size_t first, size_t n, const int32_t *lanes) {
    outputs_write(p, b, r, first, n, lanes, PARTS, WEIGHT_OFFSET);
}

/* `rows` and `panels` are constants where this is called, so the loops over them unroll and the sums
   stay in registers. */
INLINE void tile(const Int8Product *p, const Band *b, size_t row, size_t rows, size_t panel,
                 size_t panels) {
    const int8_t *x = b->x + row * b->stride, *weight = p->weight + panel * PANEL_ROWS * b->stride;
    vec sums[ROWS][PANELS * VECS];
    bytes four[ROWS];
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < panels * VECS; v++) sums[r][v] = (vec){0};
    for (size_t k = 0; k < b->stride; k += PANEL_COLS) {
        for (size_t r = 0; r < rows; r++) four[r] = bytes_row(x + r * b->stride + k);
        for (size_t v = 0; v < panels * VECS; v++) {
            bytes w = bytes_weight(weight + (v / VECS * b->stride + k) * PANEL_ROWS +
                                   v % VECS * VEC_BYTES);
            for (size_t r = 0; r < rows; r++) sums[r][v] = vec_dot_add(w, four[r], sums[r][v]);
        }
    }
    int32_t lanes[ROWS][PANELS * PANEL_ROWS * PARTS];
    size_t first = panel * PANEL_ROWS, n = least(panels * PANEL_ROWS, p->n_out - first);
    for (size_t r = 0; r < rows; r++) {
        for (size_t v = 0; v < panels * VECS; v++)
            memcpy(&lanes[r][v * LANES], &sums[r][v], sizeof(vec));
        lanes_write(p, b, row + r, first, n, lanes[r]);
    }
}

/* All rows of the band. */
INLINE void tiles(const Int8Product *p, const Band *b, size_t panel, size_t panels) {
    size_t row = 0;
    for (; row + ROWS <= b->n; row += ROWS) tile(p, b, row, ROWS, panel, panels);
    if (b->n - row >= 2) {
        tile(p, b, row, 2, panel, panels);
        row += 2;
    }
    if (row < b->n) tile(p, b, row, 1, panel, panels);
}

static void band_multiply(const Int8Product *p, const Band *b) {
    size_t panel = 0, n_panels = (p->n_out + PANEL_ROWS - 1) / PANEL_ROWS;
    for (; panel + PANELS <= n_panels; panel += PANELS) tiles(p, b, panel, PANELS);
    for (; panel < n_panels; panel++) tiles(p, b, panel, 1);
}
