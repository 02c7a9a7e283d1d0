#include "nn/weights.h"

#include <stdlib.h>
#include <string.h>

#include "nn/kernels/kernels.h"

static const struct {
    const char *name;
    size_t size;
} types[] = {[WEIGHTS_F32] = {"F32", 4}, [WEIGHTS_F16] = {"F16", 2}, [WEIGHTS_INT8] = {"int8", 1}};

const char *weights_type_name(WeightType type) { return types[type].name; }
size_t weights_type_size(WeightType type) { return types[type].size; }

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

static const unsigned char *row_of(const Weights *weights, size_t row, size_t n_cols) {
    return (const unsigned char *)weights->data + row * n_cols * types[weights->type].size;
}

void weights_row(const Weights *weights, size_t row, size_t n_cols, float *out) {
    const unsigned char *data = row_of(weights, row, n_cols);
    switch (weights->type) {
        case WEIGHTS_F32:
            memcpy(out, data, n_cols * sizeof *out);
            break;
        case WEIGHTS_F16:
            weights_widen_f16(data, n_cols, out);
            break;
        case WEIGHTS_INT8:
            for (size_t i = 0; i < n_cols; i++)
                out[i] = (float)(int8_t)data[i] * weights->scales[row];
            break;
    }
}

bool weights_select(const Weights *weights, const int *rows, size_t n, size_t n_cols,
                    Weights *selected, Arena *arena, Error *err) {
    static const char what[] = "a part of a layer";
    size_t row_size = n_cols * types[weights->type].size;
    unsigned char *data = arena_array(arena, n, row_size, what, err);
    float *scales = weights->scales ? arena_floats(arena, n, what, err) : NULL;
    if (!data || (weights->scales && !scales)) return false;
    for (size_t i = 0; i < n; i++) {
        memcpy(data + i * row_size, row_of(weights, (size_t)rows[i], n_cols), row_size);
        if (scales) scales[i] = weights->scales[rows[i]];
    }
    *selected = (Weights){weights->type, data, scales};
    return true;
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
    int8_t *data = arena_array(arena, n_rows, n_cols, "weights", err);
    float *scales = arena_floats(arena, n_rows, "scales of weights", err);
    float *row = malloc((n_cols + 1) * sizeof *row);
    if (!row) error_memory(err, (n_cols + 1) * sizeof *row, "a row of weights");
    bool ok = data && scales && row;
    for (size_t r = 0; ok && r < n_rows; r++) {
        weights_row(weights, r, n_cols, row);
        scales[r] = int8_kernel()->round(row, n_cols, data + r * n_cols);
    }
    free(row);
    if (ok) *weights = (Weights){WEIGHTS_INT8, data, scales};
    return ok;
}

bool weights_convert(Weights *weights, size_t n_rows, size_t n_cols, Precision precision,
                     Arena *arena, Error *err) {
    if (precision == PRECISION_F32 && weights->type != WEIGHTS_F32)
        return widen(weights, n_rows, n_cols, arena, err);
    if (precision == PRECISION_INT8 && weights->type != WEIGHTS_INT8)
        return quantise(weights, n_rows, n_cols, arena, err);
    return true;
}
