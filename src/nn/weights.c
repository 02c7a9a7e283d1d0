#include "nn/weights.h"

#include <string.h>

#include "nn/kernels/kernels.h"

const char *weights_type_name(WeightType type) {
    static const char *const names[] = {"F32", "F16", "int8"};
    return names[type];
}

Weights weights_of_floats(const float *data) { return (Weights){WEIGHTS_F32, data, NULL}; }

static float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The exponent is rebiased by a multiplication, which also gets subnormal numbers right; only
   infinity and NaN (exponent 31) need a word of their own. */
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

/* ---- packed int8 ---- */

/* Steps of 4 columns in a panel. */
static size_t steps_of(size_t n_cols) { return (n_cols + PANEL_COLS - 1) / PANEL_COLS; }

/* Where the first columns of a row lie; its next ones follow every PANEL_STEP bytes. */
static size_t start_of(size_t row, size_t n_cols) {
    return row / PANEL_ROWS * steps_of(n_cols) * PANEL_STEP + row % PANEL_ROWS * PANEL_COLS;
}

size_t weights_packed_size(size_t n_rows, size_t n_cols) {
    return (n_rows + PANEL_ROWS - 1) / PANEL_ROWS * steps_of(n_cols) * PANEL_STEP;
}

/* Zeros for weights. NULL with an error. */
static int8_t *alloc_packed(size_t n_rows, size_t n_cols, Arena *arena, Error *err) {
    return arena_array(arena, weights_packed_size(n_rows, n_cols), 1, "weights", err);
}

static void pack_row(const int8_t *numbers, size_t row, size_t n_cols, int8_t *packed) {
    int8_t *out = packed + start_of(row, n_cols);
    size_t col = 0;
    for (; col + PANEL_COLS <= n_cols; col += PANEL_COLS, out += PANEL_STEP)
        memcpy(out, numbers + col, PANEL_COLS);
    memcpy(out, numbers + col, n_cols - col);
}

bool weights_pack(const int8_t *numbers, const float *scales, size_t n_rows, size_t n_cols,
                  Weights *packed, Arena *arena, Error *err) {
    int8_t *data = alloc_packed(n_rows, n_cols, arena, err);
    for (size_t row = 0; data && row < n_rows; row++)
        pack_row(numbers + row * n_cols, row, n_cols, data);
    *packed = (Weights){WEIGHTS_INT8, data, scales};
    return data != NULL;
}

static void unpack_row(const Weights *weights, size_t row, size_t n_cols, float *out) {
    const int8_t *numbers = (const int8_t *)weights->data + start_of(row, n_cols);
    for (size_t col = 0; col < n_cols; col++) {
        size_t at = col / PANEL_COLS * PANEL_STEP + col % PANEL_COLS;
        out[col] = (float)numbers[at] * weights->scales[row];
    }
}

static bool select_packed(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                          Weights *selected, Arena *arena, Error *err) {
    int8_t *data = alloc_packed(n, n_cols, arena, err);
    float *scales = arena_floats(arena, n, "scales of weights", err);
    if (!data || !scales) return false;
    for (size_t i = 0; i < n; i++) {
        const int8_t *from = (const int8_t *)weights->data + start_of((size_t)rows[i], n_cols);
        int8_t *to = data + start_of(i, n_cols);
        for (size_t step = 0; step < steps_of(n_cols) * PANEL_STEP; step += PANEL_STEP)
            memcpy(to + step, from + step, PANEL_COLS);
        scales[i] = weights->scales[rows[i]];
    }
    *selected = (Weights){WEIGHTS_INT8, data, scales};
    return true;
}

/* ---- of any type ---- */

void weights_row(const Weights *weights, size_t row, size_t n_cols, float *out) {
    switch (weights->type) {
        case WEIGHTS_F32:
            memcpy(out, (const float *)weights->data + row * n_cols, n_cols * sizeof *out);
            break;
        case WEIGHTS_F16:
            weights_widen_f16((const uint16_t *)weights->data + row * n_cols, n_cols, out);
            break;
        case WEIGHTS_INT8:
            unpack_row(weights, row, n_cols, out);
            break;
    }
}

bool weights_select(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                    Weights *selected, Arena *arena, Error *err) {
    if (weights->type == WEIGHTS_INT8)
        return select_packed(weights, rows, n, n_cols, selected, arena, err);
    size_t row_size = n_cols * (weights->type == WEIGHTS_F16 ? sizeof(uint16_t) : sizeof(float));
    const unsigned char *from = weights->data;
    unsigned char *data = arena_array(arena, n, row_size, "a part of a layer", err);
    for (size_t i = 0; data && i < n; i++)
        memcpy(data + i * row_size, from + (size_t)rows[i] * row_size, row_size);
    *selected = (Weights){weights->type, data, NULL};
    return data != NULL;
}

static bool widen(Weights *weights, size_t n_rows, size_t n_cols, Arena *arena, Error *err) {
    float *data = arena_array(arena, n_rows, n_cols * sizeof *data, "weights", err);
    if (!data) return false;
    for (size_t row = 0; row < n_rows; row++)
        weights_row(weights, row, n_cols, data + row * n_cols);
    *weights = weights_of_floats(data);
    return true;
}

static bool quantise(Weights *weights, size_t n_rows, size_t n_cols, Arena *arena, Error *err) {
    int8_t *data = alloc_packed(n_rows, n_cols, arena, err);
    float *scales = arena_floats(arena, n_rows, "scales of weights", err);
    Arena work = {0};
    float *row = arena_floats(&work, n_cols, "a row of weights", err);
    int8_t *numbers = arena_array(&work, n_cols, sizeof *numbers, "a row of weights", err);
    bool ok = data && scales && row && numbers;
    for (size_t r = 0; ok && r < n_rows; r++) {
        weights_row(weights, r, n_cols, row);
        scales[r] = int8_kernel()->round(row, n_cols, numbers);
        pack_row(numbers, r, n_cols, data);
    }
    arena_free(&work);
    if (ok) *weights = (Weights){WEIGHTS_INT8, data, scales};
    return ok;
}

bool weights_convert(Weights *weights, size_t n_rows, size_t n_cols, Precision precision,
                     Arena *arena, Error *err) {
    if (precision == XATTN_F32 && weights->type != WEIGHTS_F32)
        return widen(weights, n_rows, n_cols, arena, err);
    if (precision == XATTN_INT8 && weights->type != WEIGHTS_INT8)
        return quantise(weights, n_rows, n_cols, arena, err);
    return true;
}
