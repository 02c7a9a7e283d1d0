#include "model/safetensors.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/shape.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights are little-endian and used where they lie"
#endif

static const size_t max_header = 100 * 1000 * 1000;
static const double max_offset = 9007199254740992.0;  // 2^53: doubles count exactly up to here

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {[DTYPE_F32] = {"F32", 4}, [DTYPE_F16] = {"F16", 2}, [DTYPE_BF16] = {"BF16", 2}};

const char *dtype_name(DType dtype) { return dtypes[dtype].name; }
size_t dtype_size(DType dtype) { return dtypes[dtype].size; }

static bool parse_dtype(const cJSON *entry, Tensor *tensor, const char *path, Error *err) {
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(entry, "dtype");
    const char *name = cJSON_GetStringValue(dtype);
    if (!name) return error_set(err, "%s: tensor %s: no \"dtype\"", path, tensor->name);
    for (size_t i = 0; i < sizeof dtypes / sizeof dtypes[0]; i++)
        if (strcmp(name, dtypes[i].name) == 0) {
            tensor->dtype = (DType)i;
            return true;
        }
    return error_set(err, "%s: tensor %s: dtype %s is not supported, expected F32, F16 or BF16",
                     path, tensor->name, name);
}

static bool parse_shape(const cJSON *entry, Tensor *tensor, const char *path, Error *err) {
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(entry, "shape"), *dimension;
    int rank = cJSON_GetArraySize(shape);
    if (!cJSON_IsArray(shape) || rank > TENSOR_MAX_RANK)
        return error_set(err, "%s: tensor %s: \"shape\" must be a list of at most %d numbers", path,
                         tensor->name, TENSOR_MAX_RANK);
    tensor->n_elements = 1;
    cJSON_ArrayForEach (dimension, shape) {
        long long size;
        if (!json_integer(dimension, tensor->name, "shape", 1, INT32_MAX, &size, err))
            return error_prefix(err, path);
        if (tensor->n_elements > (size_t)max_offset / (size_t)size)
            return error_set(err, "%s: tensor %s: too many elements", path, tensor->name);
        tensor->n_elements *= (size_t)size;
        tensor->shape[tensor->rank++] = (size_t)size;
    }
    return true;
}

static bool parse_offsets(const cJSON *entry, Tensor *tensor, const char *path,
                          const unsigned char *data, size_t n_data, Error *err) {
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2)
        return error_set(err, "%s: tensor %s: \"data_offsets\" must be two numbers", path,
                         tensor->name);
    long long begin, end;
    const long long most = (long long)n_data;
    if (!json_integer(offsets->child, tensor->name, "data_offsets", 0, most, &begin, err) ||
        !json_integer(offsets->child->next, tensor->name, "data_offsets", begin, most, &end, err))
        return error_prefix(err, path);
    size_t expected = tensor->n_elements * dtype_size(tensor->dtype);
    char shape[96];
    if ((size_t)(end - begin) != expected)
        return error_set(err, "%s: tensor %s: %lld bytes of data, but %s of %s needs %zu", path,
                         tensor->name, end - begin, dtype_name(tensor->dtype),
                         shape_text(tensor->rank, tensor->shape, shape), expected);
    tensor->data = data + begin;
    return true;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const Tensor *)a)->name, ((const Tensor *)b)->name);
}

static int by_data(const void *a, const void *b) {
    const Tensor *x = a, *y = b;
    return (x->data > y->data) - (x->data < y->data);
}

/* Tensors sorted by place must follow each other from the first byte of the data to the last. */
static bool check_coverage(Safetensors *st, const unsigned char *data, size_t n_data, Error *err) {
    qsort(st->tensors, st->n, sizeof *st->tensors, by_data);
    const unsigned char *end = data;
    for (size_t i = 0; i < st->n; i++) {
        const Tensor *t = &st->tensors[i];
        if (t->data != end)
            return error_set(err, "%s: tensor %s begins at byte %zu of the data, expected %zu: %s",
                             st->path, t->name, (size_t)(t->data - data), (size_t)(end - data),
                             t->data < end ? "it overlaps another" : "there is a gap");
        end += t->n_elements * dtype_size(t->dtype);
    }
    if (end != data + n_data)
        return error_set(err, "%s: %zu bytes behind the last tensor", st->path,
                         (size_t)(data + n_data - end));
    return true;
}

static bool parse_metadata(const cJSON *metadata, const char *path, Error *err) {
    const cJSON *value;
    if (!cJSON_IsObject(metadata))
        return error_set(err, "%s: \"__metadata__\" is not an object", path);
    cJSON_ArrayForEach (value, metadata) {
        if (!cJSON_IsString(value))
            return error_set(err, "%s: \"__metadata__\" holds something else than strings", path);
    }
    return true;
}

static bool parse_tensors(const cJSON *header, Safetensors *st, const unsigned char *data,
                          size_t n_data, Arena *arena, Error *err) {
    const cJSON *entry;
    st->tensors = arena_array(arena, (size_t)cJSON_GetArraySize(header), sizeof *st->tensors,
                              "the table of tensors", err);
    if (!st->tensors) return false;
    cJSON_ArrayForEach (entry, header) {
        if (strcmp(entry->string, "__metadata__") == 0) {
            if (!parse_metadata(entry, st->path, err)) return false;
            continue;
        }
        Tensor *tensor = &st->tensors[st->n];
        tensor->name = arena_string(arena, entry->string, strlen(entry->string), err);
        if (!tensor->name) return false;
        if (!cJSON_IsObject(entry) || cJSON_GetArraySize(entry) != 3)
            return error_set(err, "%s: tensor %s: expected dtype, shape and data_offsets", st->path,
                             tensor->name);
        if (!parse_dtype(entry, tensor, st->path, err) ||
            !parse_shape(entry, tensor, st->path, err) ||
            !parse_offsets(entry, tensor, st->path, data, n_data, err))
            return false;
        st->n++;
    }
    return true;
}

bool safetensors_open(const char *path, Safetensors *st, Arena *arena, Error *err) {
    *st = (Safetensors){.path = path};
    if (!file_map(path, &st->file, err)) return false;
    size_t size = st->file.size;
    if (size < 8)
        return error_set(err, "%s: %zu bytes, a safetensors file has at least 8", path, size);
    uint64_t n_header;
    memcpy(&n_header, st->file.data, sizeof n_header);
    if (n_header < 2 || n_header > max_header || n_header > size - 8)
        return error_set(err, "%s: header of %llu bytes, expected 2 to %zu", path,
                         (unsigned long long)n_header,
                         size - 8 < max_header ? size - 8 : max_header);
    cJSON *header = json_parse_object(path, st->file.data + 8, (size_t)n_header, err);
    if (!header) return false;
    const unsigned char *data = st->file.data + 8 + n_header;
    size_t n_data = size - 8 - (size_t)n_header;
    bool ok = json_check_keys(header, path, err) &&
              parse_tensors(header, st, data, n_data, arena, err) &&
              check_coverage(st, data, n_data, err);
    cJSON_Delete(header);
    if (ok) qsort(st->tensors, st->n, sizeof *st->tensors, by_name);
    return ok;
}

void safetensors_close(Safetensors *st) {
    file_unmap(&st->file);
    *st = (Safetensors){0};
}

Tensor *safetensors_find(const Safetensors *st, const char *name) {
    Tensor key = {.name = name};
    return bsearch(&key, st->tensors, st->n, sizeof *st->tensors, by_name);
}

static float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* bfloat16 is the upper half of a float. */
static void widen_bf16(const unsigned char *data, size_t n, float *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = from_bits((uint32_t)data[2 * i] << 16 | (uint32_t)data[2 * i + 1] << 24);
}

/* Whether the elements can be used where they lie. */
static bool is_usable(const Tensor *tensor) {
    return tensor->dtype == DTYPE_F32 && (uintptr_t)tensor->data % sizeof(float) == 0;
}

const float *tensor_floats(const Tensor *tensor, Arena *arena, Error *err) {
    if (is_usable(tensor)) return (const float *)(const void *)tensor->data;
    float *out = arena_floats(arena, tensor->n_elements, tensor->name, err);
    if (!out) return NULL;
    switch (tensor->dtype) {
        case DTYPE_F32:
            memcpy(out, tensor->data, tensor->n_elements * sizeof *out);
            break;
        case DTYPE_F16:
            weights_widen_f16(tensor->data, tensor->n_elements, out);
            break;
        case DTYPE_BF16:
            widen_bf16(tensor->data, tensor->n_elements, out);
            break;
    }
    return out;
}

bool tensor_weights(const Tensor *tensor, Weights *weights, Arena *arena, Error *err) {
    if (tensor->dtype != DTYPE_F16) {
        *weights = weights_of_floats(tensor_floats(tensor, arena, err));
        return weights->data != NULL;
    }
    *weights = (Weights){WEIGHTS_F16, tensor->data, NULL};
    if ((uintptr_t)tensor->data % sizeof(uint16_t) == 0) return true;
    uint16_t *copy = arena_array(arena, tensor->n_elements, sizeof *copy, tensor->name, err);
    if (copy) memcpy(copy, tensor->data, tensor->n_elements * sizeof *copy);
    weights->data = copy;
    return copy != NULL;
}
