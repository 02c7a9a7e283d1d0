#include "model/marian_bin.h"
#include "model/shape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights are little-endian and used where they lie"
#endif

enum { ALIGNMENT = 256, HEADER_SIZE = 32 };

/* One of the n headers. */
typedef struct {
    uint64_t name_length, type, rank, n_bytes;
} Header;

/* Where reading has come to. */
typedef struct {
    const MarianBin *bin;
    size_t at;
} Cursor;

const char *marian_type_name(MarianType type) {
    switch (type) {
        case MARIAN_F32:
            return "f32";
        case MARIAN_INT8:
            return "int8";
        case MARIAN_INTGEMM8:
            return "intgemm8";
    }
    return "?";
}

/* Steps over n bytes, which are `what`, and returns them; NULL with an error past the end. */
static const unsigned char *take(Cursor *cursor, uint64_t n, const char *what, Error *err) {
    const MappedFile *file = &cursor->bin->file;
    size_t left = file->size - cursor->at;
    if (n > left) {
        error_set(err, "%s: %s: %llu bytes at byte %zu, but only %zu are left", cursor->bin->path,
                  what, (unsigned long long)n, cursor->at, left);
        return NULL;
    }
    const unsigned char *bytes = file->data + cursor->at;
    cursor->at += (size_t)n;
    return bytes;
}

static bool take_u64(Cursor *cursor, const char *what, uint64_t *value, Error *err) {
    const unsigned char *bytes = take(cursor, sizeof *value, what, err);
    if (bytes) memcpy(value, bytes, sizeof *value);
    return bytes != NULL;
}

static bool read_name(Cursor *cursor, const Header *header, size_t i, MarianTensor *tensor,
                      Error *err) {
    char what[48];
    snprintf(what, sizeof what, "the name of tensor %zu", i);
    const char *name = (const char *)take(cursor, header->name_length, what, err);
    if (!name) return false;
    size_t length = (size_t)header->name_length;
    if (length < 2 || memchr(name, '\0', length) != name + length - 1)
        return error_set(err, "%s: %s: %zu bytes, expected text and one NUL at its end",
                         cursor->bin->path, what, length);
    tensor->name = name;
    return true;
}

static bool read_shape(Cursor *cursor, const Header *header, MarianTensor *tensor, Error *err) {
    const char *path = cursor->bin->path;
    if (header->rank < 1 || header->rank > MARIAN_MAX_RANK)
        return error_set(err, "%s: tensor %s: %llu dimensions, expected 1 to %d", path,
                         tensor->name, (unsigned long long)header->rank, MARIAN_MAX_RANK);
    const unsigned char *bytes = take(cursor, 4 * header->rank, tensor->name, err);
    if (!bytes) return false;
    tensor->n_elements = 1;
    for (tensor->rank = 0; tensor->rank < header->rank; tensor->rank++) {
        int32_t size;
        memcpy(&size, bytes + 4 * tensor->rank, sizeof size);
        if (size < 1)
            return error_set(err, "%s: tensor %s: dimension %zu is %d, expected at least 1", path,
                             tensor->name, tensor->rank, (int)size);
        if (tensor->n_elements > SIZE_MAX / 8 / (size_t)size)
            return error_set(err, "%s: tensor %s: too many elements", path, tensor->name);
        tensor->shape[tensor->rank] = (size_t)size;
        tensor->n_elements *= (size_t)size;
    }
    return true;
}

/* The type, and with it how many bytes the elements need: exactly those, or padded. */
static bool check_size(const char *path, const Header *header, MarianTensor *tensor, Error *err) {
    size_t needed = tensor->n_elements;
    switch (header->type) {
        case MARIAN_F32:
            needed *= sizeof(float);
            break;
        case MARIAN_INTGEMM8:
            needed += sizeof(float);
            break;
        case MARIAN_INT8:
            break;
        default:
            return error_set(err,
                             "%s: tensor %s: type 0x%04llx is not supported, expected f32 "
                             "(0x0404), int8 (0x0101) or intgemm8 (0x4101)",
                             path, tensor->name, (unsigned long long)header->type);
    }
    tensor->type = (MarianType)header->type;
    tensor->n_bytes = (size_t)header->n_bytes;
    size_t padded = needed + (ALIGNMENT - needed % ALIGNMENT) % ALIGNMENT;
    char shape[96];
    if (header->n_bytes == needed || header->n_bytes == padded) return true;
    return error_set(err, "%s: tensor %s: %llu bytes of data, but %s of %s needs %zu", path,
                     tensor->name, (unsigned long long)header->n_bytes,
                     marian_type_name(tensor->type), shape_text(tensor->rank, tensor->shape, shape),
                     needed);
}

static float multiplier_of(const MarianTensor *tensor) {
    float multiplier;
    memcpy(&multiplier, tensor->data + tensor->n_elements, sizeof multiplier);
    return multiplier;
}

static bool read_data(Cursor *cursor, MarianTensor *tensor, Error *err) {
    tensor->data = take(cursor, tensor->n_bytes, tensor->name, err);
    if (!tensor->data) return false;
    if (tensor->type != MARIAN_INTGEMM8) return true;
    float multiplier = multiplier_of(tensor);
    return (isfinite(multiplier) && multiplier > 0.0F) ||
           error_set(err, "%s: tensor %s: multiplier %g, expected a number above 0",
                     cursor->bin->path, tensor->name, (double)multiplier);
}

/* The tables in the order of the file: each pass needs what the one before has found. */
static bool read_tables(MarianBin *bin, Cursor *cursor, const unsigned char *raw, Error *err) {
    Header header;
    bool ok = true;
    for (size_t i = 0; ok && i < bin->n; i++) {
        memcpy(&header, raw + i * HEADER_SIZE, HEADER_SIZE);
        ok = read_name(cursor, &header, i, &bin->tensors[i], err);
    }
    for (size_t i = 0; ok && i < bin->n; i++) {
        memcpy(&header, raw + i * HEADER_SIZE, HEADER_SIZE);
        ok = read_shape(cursor, &header, &bin->tensors[i], err) &&
             check_size(bin->path, &header, &bin->tensors[i], err);
    }
    uint64_t padding;
    ok = ok && take_u64(cursor, "the length of the padding", &padding, err) &&
         take(cursor, padding, "the padding", err);
    for (size_t i = 0; ok && i < bin->n; i++) ok = read_data(cursor, &bin->tensors[i], err);
    if (ok && cursor->at != bin->file.size)
        return error_set(err, "%s: %zu bytes behind the last tensor", bin->path,
                         bin->file.size - cursor->at);
    return ok;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const MarianTensor *)a)->name, ((const MarianTensor *)b)->name);
}

static bool sort_tensors(MarianBin *bin, Error *err) {
    qsort(bin->tensors, bin->n, sizeof *bin->tensors, by_name);
    for (size_t i = 1; i < bin->n; i++)
        if (strcmp(bin->tensors[i - 1].name, bin->tensors[i].name) == 0)
            return error_set(err, "%s: tensor %s occurs twice", bin->path, bin->tensors[i].name);
    return true;
}

bool marian_bin_open(const char *path, MarianBin *bin, Arena *arena, Error *err) {
    *bin = (MarianBin){.path = path};
    if (!file_map(path, &bin->file, err)) return false;
    Cursor cursor = {bin, 0};
    uint64_t version, n;
    if (!take_u64(&cursor, "the version", &version, err)) return false;
    if (version != 1)
        return error_set(err, "%s: not a binary Marian model: version %llu, expected 1", path,
                         (unsigned long long)version);
    if (!take_u64(&cursor, "the number of tensors", &n, err)) return false;
    if (n > (bin->file.size - cursor.at) / HEADER_SIZE)
        return error_set(err, "%s: %llu tensors, but the file has room for the headers of %zu",
                         path, (unsigned long long)n, (bin->file.size - cursor.at) / HEADER_SIZE);
    const unsigned char *headers = take(&cursor, n * HEADER_SIZE, "the headers", err);
    bin->tensors = arena_array(arena, (size_t)n, sizeof *bin->tensors, "the table of tensors", err);
    if (!headers || !bin->tensors) return false;
    bin->n = (size_t)n;
    return read_tables(bin, &cursor, headers, err) && sort_tensors(bin, err);
}

void marian_bin_close(MarianBin *bin) {
    file_unmap(&bin->file);
    *bin = (MarianBin){0};
}

MarianTensor *marian_bin_find(const MarianBin *bin, const char *name) {
    MarianTensor key = {.name = name};
    return bin->n ? bsearch(&key, bin->tensors, bin->n, sizeof *bin->tensors, by_name) : NULL;
}

/* w = q / m, or q where nothing was quantised. */
static void dequantise(const MarianTensor *tensor, float *out) {
    float multiplier = tensor->type == MARIAN_INTGEMM8 ? multiplier_of(tensor) : 1.0F;
    for (size_t i = 0; i < tensor->n_elements; i++)
        out[i] = (float)(int8_t)tensor->data[i] / multiplier;
}

const float *marian_tensor_floats(const MarianTensor *tensor, Arena *arena, Error *err) {
    bool is_float = tensor->type == MARIAN_F32;
    if (is_float && (uintptr_t)tensor->data % sizeof(float) == 0)
        return (const float *)(const void *)tensor->data;
    float *out = arena_floats(arena, tensor->n_elements, tensor->name, err);
    if (!out) return NULL;
    if (is_float)
        memcpy(out, tensor->data, tensor->n_elements * sizeof *out);
    else
        dequantise(tensor, out);
    return out;
}

/* From [n_cols][n_rows] to [n_rows][n_cols]. */
static const float *turn(const MarianTensor *tensor, size_t n_rows, size_t n_cols, Arena *arena,
                         Error *err) {
    float *out = arena_floats(arena, tensor->n_elements, tensor->name, err);
    for (size_t i = 0; out && i < n_cols; i++)
        for (size_t o = 0; o < n_rows; o++)
            memcpy(out + o * n_cols + i, tensor->data + (i * n_rows + o) * sizeof *out,
                   sizeof *out);
    return out;
}

bool marian_tensor_weights(const MarianTensor *tensor, size_t n_rows, size_t n_cols, bool turned,
                           Precision precision, Weights *weights, Arena *arena, Error *err) {
    bool is_int8 = tensor->type == MARIAN_INTGEMM8;
    if (!is_int8 || precision == PRECISION_F32) {
        *weights = weights_of_floats(turned && !is_int8 ? turn(tensor, n_rows, n_cols, arena, err)
                                                        : marian_tensor_floats(tensor, arena, err));
        return weights->data && weights_convert(weights, n_rows, n_cols, precision, arena, err);
    }
    float *scales = arena_floats(arena, n_rows, tensor->name, err);
    for (size_t row = 0; scales && row < n_rows; row++) scales[row] = 1.0F / multiplier_of(tensor);
    return scales &&
           weights_pack((const int8_t *)tensor->data, scales, n_rows, n_cols, weights, arena, err);
}
