/* tile.h: the body of every kernel: tiles, strips of tiles, blocks of strips

   A file dense_*.c or int8_*.c defines its processor's registers and includes dense.h or int8.h, which
   include this file:

       vec                       a register of sums, one for each of LANES outputs
       TILE_ROWS                 the most rows of a tile, up to 12
       TILE_SUMS                 about how many registers the sums of a tile take; its operands
                                 need others
       operand                   the type of multiply_add's arguments
       row_load(p)               the cell of x at p, for all lanes
       multiply_add(w, x, sum)   sum + w · x, lane by lane

   kernels.h explains tiles, and why the order of summation is always the same.

   There are several ways to multiply. Each has a copy of the code below, because every caller passes a
   constant for `way`. */
#include <math.h>
#include <string.h>

#include "nn/kernels/kernels.h"

enum {
    LANES = sizeof(vec) / sizeof(float),
    VECS = PANEL_ROWS / LANES,  // registers of a panel
    X_CELL = 4,                 // bytes
    MOST_ROWS = 12,             // of a tile
    MOST_PANELS = 4,
    MOST_VECS = MOST_PANELS * VECS,
    CACHED_BYTES = 1 << 17,  // of weights that stay in the second-level cache for all rows
    BAND_ROWS = 64
};

typedef float floats __attribute__((vector_size(sizeof(vec))));
typedef int32_t integers __attribute__((vector_size(sizeof(vec))));

/* The best of a row's outputs so far, lane by lane. */
typedef struct {
    floats value;    // the largest output
    integers first;  // the first of the LANES outputs that it came with
    floats check;    // 0, or NaN if an output was NaN or infinite
} Lead;

/* Some rows of a product, with x in cells. */
typedef struct {
    size_t n, n_cells, n_out;
    const unsigned char *x;       // [n][n_cells][X_CELL]
    const unsigned char *weight;  // packed
    const float *bias;            // [n_out]
    float *y;                     // [n][n_out], or NULL if only
    Lead *leads;                  // [n] are wanted
    const float *weight_scales;   // [n_out] of int8
    const float *x_scales;        // [n] of int8
    const int32_t *totals;        // [n] of int8: the sum of a row's numbers
    const int32_t *weight_sums;   // [n_out] of int8: the sum of an output's weights
    int32_t shift;                // of int8: what was added to every number of x
} Band;

/* F32 and F16 weights, int8 weights, and int8 weights two cells at a time (int8.h). */
typedef enum { WAY_F32, WAY_F16, WAY_INT8, WAY_INT8_PAIRS } Way;

static inline size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* The cells that a step of a tile takes, and the bytes of a cell of a weight. */
INLINE size_t cells_of(Way way) { return way == WAY_INT8_PAIRS ? 2 : 1; }
INLINE size_t cell_size(Way way) { return way == WAY_F16 ? 2 : 4; }

/* dense.h and int8.h define these: loading the next cells of a row of x, and of LANES outputs;
   multiplying and adding them; and turning the sums of n <= LANES outputs from `first` on into results
   in row r of the band. */
INLINE operand x_load(const unsigned char *p, Way way);
INLINE operand weight_load(const unsigned char *p, Way way);
INLINE vec accumulate(operand w, operand x, vec sum, Way way);
INLINE floats outputs_of(const Band *b, size_t r, size_t first, size_t n, vec sums);

/* Takes n <= LANES more outputs into account. */
INLINE void lead_update(Lead *lead, floats y, size_t first, size_t n) {
    integers larger = y > lead->value;
    for (size_t lane = n; lane < LANES; lane++) larger[lane] = 0;  // after the last output
    lead->value = (floats)(((integers)y & larger) | ((integers)lead->value & ~larger));
    lead->first = (((integers){0} + (int32_t)first) & larger) | (lead->first & ~larger);
    lead->check += y * 0.0F;  // NaN if y is NaN or infinite
}

/* Returns the best of all lanes. */
static Best lead_best(const Lead *lead) {
    Best best = {0, true};
    float value = -INFINITY;
    for (size_t lane = 0; lane < LANES; lane++) {
        size_t output = (size_t)lead->first[lane] + lane;
        float there = lead->value[lane];
        bool is_first = there == value && output < best.output;
        if (there > value || is_first) best.output = output;
        if (there > value) value = there;
        best.is_finite &= lead->check[lane] == 0.0F;
    }
    return best;
}

/* Writes outputs first … end - 1 of row r, or takes them into account; `whole` if there are so many. */
INLINE void row_write(const Band *b, size_t r, size_t first, size_t end, bool whole,
                      const vec *sums) {
    Lead lead;
    if (b->leads) lead = b->leads[r];
    for (size_t o = first; o < (whole ? end : b->n_out); o += LANES) {
        size_t n = whole ? LANES : least(LANES, b->n_out - o);
        floats y = outputs_of(b, r, o, n, *sums++);
        if (b->leads)
            lead_update(&lead, y, o, n);
        else
            memcpy(b->y + r * b->n_out + o, &y, n * sizeof(float));
    }
    if (b->leads) b->leads[r] = lead;
}

/* Writes the results of all sums of a tile, [rows][panels]. Not inline, because there are many kinds of
   tiles. */
static __attribute__((noinline)) void tile_write(const Band *band, size_t row, size_t rows,
                                                 size_t panel, size_t panels, const vec *sums) {
    const Band b = *band;  // y cannot overlap a copy, so it stays in registers
    size_t first = panel * PANEL_ROWS, end = first + panels * PANEL_ROWS;
    for (size_t r = row; r < row + rows; r++, sums += panels * VECS)
        if (end <= b.n_out)
            row_write(&b, r, first, end, true, sums);
        else
            row_write(&b, r, first, end, false, sums);
}

/* The number of panels in a tile with this many rows. */
INLINE size_t panels_of(size_t rows) {
    size_t panels = (size_t)TILE_SUMS / (rows * VECS);
    return panels < 1 ? 1 : panels > MOST_PANELS ? MOST_PANELS : panels;
}

/* The progress of a tile: its next cells of x and of the weights. */
enum { FEW = 4 };
typedef struct {
    const unsigned char
        *x[MOST_ROWS / FEW];  // one for every FEW rows, because registers are scarce
    const unsigned char *weight;
    size_t row_size, panel_size;
    Way way;
} Place;

/* The cell of row r, and the cells of register v of the tile's outputs. */
INLINE operand place_row(const Place *p, size_t r) {
    return x_load(p->x[r / FEW] + r % FEW * p->row_size, p->way);
}

INLINE operand place_weight(const Place *p, size_t v) {
    size_t lane = cell_size(p->way);
    return weight_load(p->weight + v / VECS * p->panel_size + v % VECS * LANES * lane, p->way);
}

/* One step. It keeps the smaller side of its operands in registers and reads the other one by one. */
INLINE void tile_step(const Place *p, size_t rows, size_t vecs, vec sums[][MOST_VECS]) {
    operand weights[MOST_VECS], numbers[MOST_ROWS];
    if (vecs < rows) {
        UNROLL
        for (size_t v = 0; v < vecs; v++) weights[v] = place_weight(p, v);
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            numbers[r] = place_row(p, r);
            UNROLL
            for (size_t v = 0; v < vecs; v++)
                sums[r][v] = accumulate(weights[v], numbers[r], sums[r][v], p->way);
        }
    } else {
        UNROLL
        for (size_t r = 0; r < rows; r++) numbers[r] = place_row(p, r);
        UNROLL
        for (size_t v = 0; v < vecs; v++) {
            weights[v] = place_weight(p, v);
            UNROLL
            for (size_t r = 0; r < rows; r++)
                sums[r][v] = accumulate(weights[v], numbers[r], sums[r][v], p->way);
        }
    }
}

/* Every caller passes constants for `rows`, `panels` and `way`, so the loops unroll and the sums stay in
   registers. */
INLINE void tile(const Band *b, size_t row, size_t rows, size_t panel, size_t panels, Way way) {
    const size_t cells = cells_of(way), step = PANEL_ROWS * cell_size(way), vecs = panels * VECS;
    Place p = {{0}, b->weight, b->n_cells * X_CELL, b->n_cells * step, way};
    UNROLL
    for (size_t r = 0; r < rows; r += FEW) p.x[r / FEW] = b->x + (row + r) * p.row_size;
    p.weight += panel * p.panel_size;
    vec sums[MOST_ROWS][MOST_VECS], all[MOST_ROWS * MOST_VECS];
    UNROLL
    for (size_t r = 0; r < rows; r++) {
        UNROLL
        for (size_t v = 0; v < vecs; v++) sums[r][v] = (vec){0};
    }
    for (size_t k = 0; k < b->n_cells; k += cells) {
        tile_step(&p, rows, vecs, sums);
        UNROLL
        for (size_t r = 0; r < rows; r += FEW) p.x[r / FEW] += cells * X_CELL;
        p.weight += cells * step;
    }
    UNROLL
    for (size_t r = 0; r < rows; r++) {
        UNROLL
        for (size_t v = 0; v < vecs; v++) all[r * vecs + v] = sums[r][v];
    }
    tile_write(b, row, rows, panel, panels, all);
}

/* Some rows and panels first … end - 1. */
INLINE void strip(const Band *b, size_t row, size_t rows, size_t first, size_t end, Way way) {
    size_t panels = panels_of(rows);
    for (; first + panels <= end; first += panels) tile(b, row, rows, first, panels, way);
    for (; first < end; first++) tile(b, row, rows, first, 1, way);
}

/* The same, with a copy of the code for every number of rows. */
INLINE void strip_of(const Band *b, size_t row, size_t rows, size_t first, size_t end, Way way) {
#define STRIP(n)                                                   \
    case (n):                                                      \
        if ((n) <= TILE_ROWS) strip(b, row, (n), first, end, way); \
        break
    switch (rows) {
        STRIP(1);
        STRIP(2);
        STRIP(3);
        STRIP(4);
        STRIP(5);
        STRIP(6);
        STRIP(7);
        STRIP(8);
        STRIP(9);
        STRIP(10);
        STRIP(11);
        STRIP(12);
    }
#undef STRIP
}

/* Returns how many panels to use for all rows before going on: as many as stay in the cache, in whole
   tiles. If one strip covers all rows, nothing is used twice, so there is one block. */
INLINE size_t block_of(const Band *b, size_t rows, size_t panel_size, size_t n_panels) {
    size_t panels = panels_of(rows), tiles = CACHED_BYTES / (panel_size * panels) + 1;
    return rows == b->n ? n_panels : tiles * panels;
}

/* Computes all outputs of the band's rows: for blocks of panels that stay in the cache, and in them for
   tiles of rows of about equal height (16 rows are two tiles of 8, not 12 and 4). */
INLINE void band_multiply(const Band *b, Way way) {
    size_t panel_size = b->n_cells * PANEL_ROWS * cell_size(way);
    size_t n_panels = (b->n_out + PANEL_ROWS - 1) / PANEL_ROWS;
    size_t strips = (b->n + TILE_ROWS - 1) / TILE_ROWS, most = (b->n + strips - 1) / strips;
    size_t block = block_of(b, most, panel_size, n_panels);
    for (size_t first = 0; first < n_panels; first += block)
        for (size_t row = 0, rows; row < b->n; row += rows) {
            rows = least(most, b->n - row);
            strip_of(b, row, rows, first, least(first + block, n_panels), way);
        }
}

/* Computes the band, whose first row is row `first` of the product: y, or the best of each row. */
INLINE void band_run(Band b, Way way, const Product *p, size_t first) {
    Lead leads[BAND_ROWS];
    b.y = p->best ? NULL : p->y + first * p->n_out;
    b.leads = p->best ? leads : NULL;
    for (size_t r = 0; p->best && r < b.n; r++) leads[r] = (Lead){.value = (floats){0} - INFINITY};
    band_multiply(&b, way);
    for (size_t r = 0; p->best && r < b.n; r++) p->best[first + r] = lead_best(&leads[r]);
}
