#include "nn/weights.h"

#include <math.h>
#include <string.h>

#include "nn/clones.h"
#include "nn/kernels/kernels.h"
#include "nn/panels.h"

const char *weights_type_name(WeightType type) {
    static const char *const names[] = {"F32", "F16", "int8"};
    return names[type];
}

/* ---- numbers of 16 bits ---- */

static float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A multiplication changes the bias of the exponent, which is right for subnormal numbers, too. Only
   infinity and NaN (exponent 31) need extra code. */
FOR_EACH_PROCESSOR
void weights_widen_f16(const void *halves, size_t n, float *out) {
    const unsigned char *data = halves;
    const float rebias = 0x1p112F;
    for (size_t i = 0; i < n; i++) {
        uint32_t half = (uint32_t)(data[2 * i] | data[2 * i + 1] << 8);
        uint32_t magnitude = (half & 0x7FFF) << 13,
                 special = magnitude >= 0x0F800000 ? 0x7F800000 : 0;
        float value = from_bits(magnitude) * rebias;
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        out[i] = from_bits(bits | special | (half & 0x8000) << 16);
    }
}

void weights_widen_bf16(const void *halves, size_t n, float *out) {
    const unsigned char *data = halves;
    for (size_t i = 0; i < n; i++)
        out[i] = from_bits((uint32_t)data[2 * i] << 16 | (uint32_t)data[2 * i + 1] << 24);
}

/* ---- cells and panels ---- */

/* The bytes of a cell. */
static size_t cell_size(WeightType type) { return type == WEIGHTS_F16 ? 2 : 4; }

size_t weights_cells(WeightType type, size_t n_cols) {
    return type == WEIGHTS_INT8 ? (n_cols + INT8_MULTIPLE - 1) / INT8_MULTIPLE * 2 : n_cols;
}

WeightType weights_packed_type(StoredType stored, Precision precision) {
    if (precision == XATTN_INT8 || (precision == XATTN_AS_STORED && stored == STORED_INT8))
        return WEIGHTS_INT8;
    return precision == XATTN_AS_STORED && stored == STORED_F16 ? WEIGHTS_F16 : WEIGHTS_F32;
}

size_t weights_packed_size(WeightType type, size_t n_rows, size_t n_cols) {
    size_t panels = (n_rows + PANEL_ROWS - 1) / PANEL_ROWS;
    return panels * PANEL_ROWS * weights_cells(type, n_cols) * cell_size(type);
}

/* The place of a row's first cell. The next ones follow at distances of PANEL_ROWS cells. */
static size_t start_of(size_t row, size_t n_cells, size_t cell) {
    return (row / PANEL_ROWS * n_cells * PANEL_ROWS + row % PANEL_ROWS) * cell;
}

/* ---- packing ---- */

/* The state of packing a matrix. */
typedef struct {
    const StoredWeights *stored;
    size_t n_rows, n_cols;
    WeightType type;
    unsigned char *gathered;               // [n_cols], a row of a transposed matrix
    float *floats;                         // [n_cols]
    unsigned char *cells;                  // [PANEL_ROWS][cells of a row]
    const unsigned char *row[PANEL_ROWS];  // of the panel: in `cells`, or in the file
    float *scales;                         // [n_rows], computed if numbers are rounded here
    int32_t *sums;                         // [n_rows] of int8
    float *norms;                          // [n_rows] Σ|w|, or NULL
    int32_t reach;                         // so far
} Packing;

static bool is_stored_int8(const Packing *p) { return p->stored->type == STORED_INT8; }

static size_t stored_size(const StoredWeights *stored) {
    static const size_t sizes[] = {
        [STORED_F32] = 4, [STORED_F16] = 2, [STORED_BF16] = 2, [STORED_INT8] = 1};
    return sizes[stored->type];
}

/* The numbers of row `row` in order, in the type of the file. */
static const unsigned char *stored_row(Packing *p, size_t row) {
    size_t size = stored_size(p->stored);
    const unsigned char *data = p->stored->data;
    if (!p->stored->turned) return data + row * p->n_cols * size;
    for (size_t col = 0; col < p->n_cols; col++)
        memcpy(p->gathered + col * size, data + (col * p->n_rows + row) * size, size);
    return p->gathered;
}

/* Converts the numbers of row `row`. */
static void widen(const StoredWeights *stored, const unsigned char *numbers, size_t row,
                  size_t n_cols, float *out) {
    switch (stored->type) {
        case STORED_F32:
            memcpy(out, numbers, n_cols * sizeof *out);
            break;
        case STORED_F16:
            weights_widen_f16(numbers, n_cols, out);
            break;
        case STORED_BF16:
            weights_widen_bf16(numbers, n_cols, out);
            break;
        case STORED_INT8:
            for (size_t col = 0; col < n_cols; col++)
                out[col] = (float)(int8_t)numbers[col] * stored->scales[row];
            break;
    }
}

static void stored_floats(Packing *p, size_t row, float *out) {
    widen(p->stored, stored_row(p, row), row, p->n_cols, out);
}

/* Σ|x|, in several sums at a time. */
static float norm_of(const float *x, size_t n) {
    float sums[PANEL_ROWS] = {0}, sum = 0.0F;
    size_t i = 0;
    for (; i + PANEL_ROWS <= n; i += PANEL_ROWS)
        for (size_t lane = 0; lane < PANEL_ROWS; lane++) sums[lane] += fabsf(x[i + lane]);
    for (; i < n; i++) sum += fabsf(x[i]);
    for (size_t lane = 0; lane < PANEL_ROWS; lane++) sum += sums[lane];
    return sum;
}

/* Rounds a row to q [row_size], with a scale for which its reach is at most INT8_OWN_REACH: 127 and 4
   halves. Its numbers then use about half of the range. Rounding x loses more, because its outliers are
   larger. Returns the scale. After q[n_cols], q is zero. */
static float round_row(const float *floats, size_t n_cols, size_t row_size, int8_t *q) {
    const Int8Kernel *kernel = kernels()->int8;
    int32_t reach;
    float scale = kernel->round(floats, n_cols, 0.0F, q);
    kernel->measure(q, row_size, &reach);
    // Unrounded, no four is above reach + 2 steps (4 halves). That many shall become 127.
    return kernel->round(floats, n_cols, (float)(reach + 2) * scale, q);
}

/* Takes over a row of int8, or rounds one. */
static void take_int8(Packing *p, size_t row, size_t row_size, int8_t *q) {
    int32_t reach;
    if (p->norms || !is_stored_int8(p)) stored_floats(p, row, p->floats);
    if (p->norms) p->norms[row] = norm_of(p->floats, p->n_cols);
    if (is_stored_int8(p))
        memcpy(q, stored_row(p, row), p->n_cols);
    else
        p->scales[row] = round_row(p->floats, p->n_cols, row_size, q);
    p->sums[row] = kernels()->int8->measure(q, row_size, &reach);
    if (reach > p->reach) p->reach = reach;
}

/* Converts row `row` of the matrix into row r of the panel. */
static void take_row(Packing *p, size_t row, size_t r) {
    size_t row_size = weights_cells(p->type, p->n_cols) * cell_size(p->type);
    unsigned char *cells = p->cells + r * row_size;
    p->row[r] = cells;
    switch (p->type) {
        case WEIGHTS_F32:
            stored_floats(p, row, (float *)(void *)cells);
            break;
        case WEIGHTS_F16:
            if (p->stored->turned)
                memcpy(cells, stored_row(p, row), row_size);
            else  // no copy is needed
                p->row[r] = stored_row(p, row);
            break;
        case WEIGHTS_INT8:
            take_int8(p, row, row_size, (int8_t *)cells);
            break;
    }
}

static void pack_panels(Packing *p, unsigned char *out) {
    size_t n_cells = weights_cells(p->type, p->n_cols), cell = cell_size(p->type);
    for (size_t first = 0; first < p->n_rows; first += PANEL_ROWS) {
        for (size_t r = 0; r < PANEL_ROWS; r++)
            if (first + r < p->n_rows)
                take_row(p, first + r, r);
            else  // zeros
                p->row[r] = memset(p->cells + r * n_cells * cell, 0, n_cells * cell);
        panels_interleave(p->row, PANEL_ROWS, cell, n_cells, cell, out);
        out += PANEL_ROWS * n_cells * cell;
    }
}

static bool pack(Packing *p, Weights *packed, Arena *arena, Error *err) {
    static const char what[] = "weights";
    bool is_int8 = p->type == WEIGHTS_INT8, rounds = is_int8 && !is_stored_int8(p);
    size_t row_size = weights_cells(p->type, p->n_cols) * cell_size(p->type);
    Arena work = {0};
    p->floats = arena_floats(&work, p->n_cols, what, err);
    p->gathered = arena_array(&work, p->n_cols, sizeof(float), what, err);
    p->cells = arena_array(&work, PANEL_ROWS, row_size, what, err);
    if (rounds) p->scales = arena_floats(arena, p->n_rows, "scales of weights", err);
    if (is_int8) p->sums = arena_array(arena, p->n_rows, sizeof *p->sums, "sums of weights", err);
    void *data =
        arena_array(arena, weights_packed_size(p->type, p->n_rows, p->n_cols), 1, what, err);
    bool ok = p->floats && p->gathered && p->cells && data && (p->scales || !rounds) &&
              (p->sums || !is_int8);
    if (ok) pack_panels(p, data);
    arena_free(&work);
    *packed = (Weights){.type = p->type, .data = data, .sums = p->sums, .reach = p->reach};
    packed->scales = is_int8 && !rounds ? p->stored->scales : p->scales;
    return ok;
}

bool weights_pack(const StoredWeights *stored, size_t n_rows, size_t n_cols, Precision precision,
                  Weights *packed, Arena *arena, Error *err) {
    Packing p = {.stored = stored, .n_rows = n_rows, .n_cols = n_cols};
    p.type = weights_packed_type(stored->type, precision);
    return pack(&p, packed, arena, err);
}

bool weights_round(const StoredWeights *stored, size_t n_rows, size_t n_cols, Weights *rounded,
                   float *norms, Arena *arena, Error *err) {
    Packing p = {.stored = stored, .n_rows = n_rows, .n_cols = n_cols, .type = WEIGHTS_INT8};
    p.norms = norms;
    return pack(&p, rounded, arena, err);
}

/* ---- rows ---- */

Weights weights_in_file(const StoredWeights *stored, Precision precision) {
    return (Weights){.type = weights_packed_type(stored->type, precision),
                     .data = stored->data,
                     .scales = stored->scales,
                     .in_file = stored};
}

/* What packing would make of the row. */
static void row_in_file(const Weights *weights, size_t row, size_t n_cols, float *out) {
    const StoredWeights *stored = weights->in_file;
    const unsigned char *data = stored->data;
    widen(stored, data + row * n_cols * stored_size(stored), row, n_cols, out);
    if (weights->type != WEIGHTS_INT8 || stored->type == STORED_INT8) return;
    int8_t q[WEIGHTS_FILE_COLS] = {0};
    size_t row_size = weights_cells(WEIGHTS_INT8, n_cols) * cell_size(WEIGHTS_INT8);
    float scale = round_row(out, n_cols, row_size, q);
    for (size_t col = 0; col < n_cols; col++) out[col] = (float)q[col] * scale;
}

/* Widens n numbers that are `step` bytes apart. */
static void gather_f16(const unsigned char *from, size_t step, size_t n, float *out) {
    unsigned char few[2 * 64];
    for (size_t first = 0, some; first < n; first += some) {
        some = n - first < 64 ? n - first : 64;
        for (size_t i = 0; i < some; i++) memcpy(few + 2 * i, from + (first + i) * step, 2);
        weights_widen_f16(few, some, out + first);
    }
}

void weights_row(const Weights *weights, size_t row, size_t n_cols, float *out) {
    if (weights->in_file) {
        row_in_file(weights, row, n_cols, out);
        return;
    }
    size_t cell = cell_size(weights->type), step = PANEL_ROWS * cell;
    const unsigned char *from = weights->data;
    from += start_of(row, weights_cells(weights->type, n_cols), cell);
    switch (weights->type) {
        case WEIGHTS_F32:
            for (size_t col = 0; col < n_cols; col++) memcpy(out + col, from + col * step, cell);
            break;
        case WEIGHTS_F16:
            gather_f16(from, step, n_cols, out);
            break;
        case WEIGHTS_INT8:
            for (size_t col = 0; col < n_cols; col++)
                out[col] = (float)(int8_t)from[col / 4 * step + col % 4] * weights->scales[row];
            break;
    }
}

Weights weights_from(const Weights *weights, size_t first, size_t n_cols) {
    Weights rest = *weights;
    size_t cell = cell_size(rest.type);
    rest.data =
        (const unsigned char *)rest.data + start_of(first, weights_cells(rest.type, n_cols), cell);
    if (rest.scales) rest.scales += first;
    if (rest.sums) rest.sums += first;
    return rest;
}

bool weights_select(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                    Weights *selected, Arena *arena, Error *err) {
    WeightType type = weights->type;
    size_t n_cells = weights_cells(type, n_cols), cell = cell_size(type);
    unsigned char *data =
        arena_array(arena, weights_packed_size(type, n, n_cols), 1, "a part of a layer", err);
    float *scales = arena_floats(arena, weights->scales ? n : 0, "scales of weights", err);
    int32_t *sums = arena_array(arena, weights->sums ? n : 0, sizeof *sums, "sums of weights", err);
    if (!data || !scales || !sums) return false;
    for (size_t first = 0, some; first < n; first += some) {
        const unsigned char *panel[PANEL_ROWS];
        some = n - first < PANEL_ROWS ? n - first : PANEL_ROWS;
        for (size_t r = 0; r < some; r++)
            panel[r] = (const unsigned char *)weights->data +
                       start_of((size_t)rows[first + r], n_cells, cell);
        panels_interleave(panel, some, PANEL_ROWS * cell, n_cells, cell,
                          data + start_of(first, n_cells, cell));
    }
    for (size_t i = 0; weights->scales && i < n; i++) scales[i] = weights->scales[rows[i]];
    for (size_t i = 0; weights->sums && i < n; i++) sums[i] = weights->sums[rows[i]];
    *selected = (Weights){.type = type, .data = data, .reach = weights->reach};
    if (weights->scales) selected->scales = scales;
    if (weights->sums) selected->sums = sums;
    return true;
}
