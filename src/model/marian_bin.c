#include "model/marian_bin.h"
#include "model/shape.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ALIGNMENT = 256, HEADER_SIZE = 32 };

/* The header of a tensor. */
typedef struct {
    uint64_t name_length, type, rank, n_bytes;
} Header;

/* The current place in the file. */
typedef struct {
    const TensorFile *file;
    size_t at;
} Cursor;

/* Returns the next n bytes and moves past them. NULL at the end of the file, with an error that names
   `what`. */
static const unsigned char *take(Cursor *cursor, uint64_t n, const char *what, Error *err) {
    const MappedFile *file = &cursor->file->mapped;
    size_t left = file->size - cursor->at;
    if (n > left) {
        error_set(err, "%s: %s: %llu bytes at byte %zu, but only %zu are left", cursor->file->path,
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

/* The name of tensor i, in the file; NULL with an error. */
static const char *read_name(Cursor *cursor, const Header *header, size_t i, Error *err) {
    char what[48];
    snprintf(what, sizeof what, "the name of tensor %zu", i);
    const char *name = (const char *)take(cursor, header->name_length, what, err);
    size_t length = (size_t)header->name_length;
    if (!name || (length >= 2 && memchr(name, '\0', length) == name + length - 1)) return name;
    error_set(err, "%s: %s: %zu bytes, expected text and one NUL at its end", cursor->file->path,
              what, length);
    return NULL;
}

static bool read_shape(Cursor *cursor, const Header *header, Tensor *tensor, Error *err) {
    if (header->rank < 1 || header->rank > TENSOR_MAX_RANK)
        return error_set(err, "%s: tensor %s: %llu dimensions, expected 1 to %d",
                         cursor->file->path, tensor->name, (unsigned long long)header->rank,
                         TENSOR_MAX_RANK);
    const unsigned char *bytes = take(cursor, 4 * header->rank, tensor->name, err);
    for (size_t i = 0; bytes && i < header->rank; i++) {
        int32_t size;
        memcpy(&size, bytes + 4 * i, sizeof size);
        if (!tensor_add_dimension(tensor, size, err)) return false;
    }
    return bytes != NULL;
}

static bool read_type(const char *path, uint64_t type, Tensor *tensor, Error *err) {
    switch (type) {
        case MARIAN_F32:
            tensor->dtype = DTYPE_F32;
            return true;
        case MARIAN_INT8:
            tensor->dtype = DTYPE_INT8;
            return true;
        case MARIAN_INTGEMM8:
            tensor->dtype = DTYPE_INTGEMM8;
            return true;
        default:
            return error_kind(err, XATTN_UNSUPPORTED,
                              "%s: tensor %s: type 0x%04llx is not supported, expected f32 "
                              "(0x0404), int8 (0x0101) or intgemm8 (0x4101)",
                              path, tensor->name, (unsigned long long)type);
    }
}

/* Checks the size of the data: that of the elements, with or without padding. */
static bool check_size(const char *path, const Header *header, Tensor *tensor, Error *err) {
    if (!read_type(path, header->type, tensor, err)) return false;
    size_t needed = tensor->n_elements * dtype_size(tensor->dtype);
    if (tensor->dtype == DTYPE_INTGEMM8) needed += sizeof(float);
    size_t padded = needed + (ALIGNMENT - needed % ALIGNMENT) % ALIGNMENT;
    char shape[96];
    tensor->n_bytes = (size_t)header->n_bytes;
    if (header->n_bytes == needed || header->n_bytes == padded) return true;
    return error_set(err, "%s: tensor %s: %llu bytes of data, but %s of %s needs %zu", path,
                     tensor->name, (unsigned long long)header->n_bytes, dtype_name(tensor->dtype),
                     shape_text(tensor->rank, tensor->shape, shape), needed);
}

static bool read_data(Cursor *cursor, Tensor *tensor, Error *err) {
    tensor->data = take(cursor, tensor->n_bytes, tensor->name, err);
    if (!tensor->data) return false;
    if (tensor->dtype != DTYPE_INTGEMM8) return true;
    float multiplier;
    memcpy(&multiplier, tensor->data + tensor->n_elements, sizeof multiplier);
    return (isfinite(multiplier) && multiplier > 0.0F) ||
           error_set(err, "%s: tensor %s: multiplier %g, expected a number above 0",
                     cursor->file->path, tensor->name, (double)multiplier);
}

/* Reads the tables in the order of the file. Each pass uses the results of the one before. */
static bool read_tables(Tensors *tensors, Cursor *cursor, const unsigned char *raw, size_t n,
                        Arena *arena, Error *err) {
    const TensorFile *file = cursor->file;
    size_t first = tensors->n;
    Header header;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        memcpy(&header, raw + i * HEADER_SIZE, HEADER_SIZE);
        const char *name = read_name(cursor, &header, i, err);
        ok = name && tensors_add(tensors, file, name, arena, err);
    }
    for (size_t i = 0; ok && i < n; i++) {
        Tensor *tensor = &tensors->tensors[first + i];
        memcpy(&header, raw + i * HEADER_SIZE, HEADER_SIZE);
        ok = read_shape(cursor, &header, tensor, err) &&
             check_size(file->path, &header, tensor, err);
    }
    uint64_t padding;
    ok = ok && take_u64(cursor, "the length of the padding", &padding, err) &&
         take(cursor, padding, "the padding", err);
    for (size_t i = 0; ok && i < n; i++) ok = read_data(cursor, &tensors->tensors[first + i], err);
    if (ok && cursor->at != file->mapped.size)
        ok = error_set(err, "%s: %zu bytes after the last tensor", file->path,
                       file->mapped.size - cursor->at);
    return ok;
}

bool marian_bin_read(const char *path, Tensors *tensors, Arena *arena, Error *err) {
    Cursor cursor = {tensors_map(tensors, path, arena, err), 0};
    uint64_t version, n;
    if (!cursor.file || !take_u64(&cursor, "the version", &version, err)) return false;
    if (version != 1)
        return error_set(err, "%s: not a binary Marian model: version %llu, expected 1", path,
                         (unsigned long long)version);
    if (!take_u64(&cursor, "the number of tensors", &n, err)) return false;
    size_t room = (cursor.file->mapped.size - cursor.at) / HEADER_SIZE;
    if (n > room)
        return error_set(err, "%s: %llu tensors, but the file has room for the headers of %zu",
                         path, (unsigned long long)n, room);
    const unsigned char *headers = take(&cursor, n * HEADER_SIZE, "the headers", err);
    return headers && read_tables(tensors, &cursor, headers, (size_t)n, arena, err);
}
