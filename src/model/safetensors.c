#include "model/safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/shape.h"

static const size_t max_header = 100 * 1000 * 1000;
static const char metadata_key[] = "__metadata__";

/* The file being read. */
typedef struct {
    const TensorFile *file;
    const unsigned char *data;  // [n_data], after the header
    size_t n_data;
    Tensors *tensors;
    size_t first;  // the index of its first tensor in the table
    Arena *arena;
    Error *err;
} Reader;

static bool refuse(const Reader *r, const char *name, const char *why) {
    return error_set(r->err, "%s: tensor %s: %s", r->file->path, name, why);
}

static bool parse_dtype(const Reader *r, const cJSON *entry, Tensor *tensor) {
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, "dtype"));
    if (!name) return refuse(r, tensor->name, "no \"dtype\"");
    for (DType dtype = DTYPE_F32; dtype <= DTYPE_BF16; dtype++)
        if (strcmp(name, dtype_name(dtype)) == 0) {
            tensor->dtype = dtype;
            return true;
        }
    return error_kind(r->err, XATTN_UNSUPPORTED,
                      "%s: tensor %s: dtype %s is not supported, expected F32, F16 or BF16",
                      r->file->path, tensor->name, name);
}

static bool parse_shape(const Reader *r, const cJSON *entry, Tensor *tensor) {
    const cJSON *shape = cJSON_GetObjectItemCaseSensitive(entry, "shape"), *dimension;
    if (!cJSON_IsArray(shape) || cJSON_GetArraySize(shape) > TENSOR_MAX_RANK)
        return refuse(r, tensor->name, "\"shape\" must be a list of at most 4 numbers");
    cJSON_ArrayForEach (dimension, shape) {
        long long size;
        if (!json_integer(dimension, tensor->name, "shape", 1, INT32_MAX, &size, r->err))
            return error_prefix(r->err, r->file->path);
        if (!tensor_add_dimension(tensor, size, r->err)) return false;
    }
    return true;
}

static bool parse_offsets(const Reader *r, const cJSON *entry, Tensor *tensor) {
    const cJSON *offsets = cJSON_GetObjectItemCaseSensitive(entry, "data_offsets");
    if (!cJSON_IsArray(offsets) || cJSON_GetArraySize(offsets) != 2)
        return refuse(r, tensor->name, "\"data_offsets\" must be two numbers");
    long long begin, end;
    const long long most = (long long)r->n_data;
    if (!json_integer(offsets->child, tensor->name, "data_offsets", 0, most, &begin, r->err) ||
        !json_integer(offsets->child->next, tensor->name, "data_offsets", begin, most, &end,
                      r->err))
        return error_prefix(r->err, r->file->path);
    tensor->n_bytes = tensor->n_elements * dtype_size(tensor->dtype);
    char shape[96];
    if ((size_t)(end - begin) != tensor->n_bytes)
        return error_set(r->err, "%s: tensor %s: %lld bytes of data, but %s of %s needs %zu",
                         r->file->path, tensor->name, end - begin, dtype_name(tensor->dtype),
                         shape_text(tensor->rank, tensor->shape, shape), tensor->n_bytes);
    tensor->data = r->data + begin;
    return true;
}

static int by_data(const void *a, const void *b) {
    const Tensor *x = a, *y = b;
    return (x->data > y->data) - (x->data < y->data);
}

/* Checks that the tensors, sorted by place, cover the data without gaps or overlaps. */
static bool check_coverage(const Reader *r) {
    Tensor *tensors = r->tensors->tensors + r->first;
    size_t n = r->tensors->n - r->first;
    const unsigned char *end = r->data;
    if (n) qsort(tensors, n, sizeof *tensors, by_data);
    for (size_t i = 0; i < n; i++) {
        const Tensor *t = &tensors[i];
        if (t->data != end)
            return error_set(
                r->err, "%s: tensor %s begins at byte %zu of the data, expected %zu: %s",
                r->file->path, t->name, (size_t)(t->data - r->data), (size_t)(end - r->data),
                t->data < end ? "it overlaps another" : "there is a gap");
        end += t->n_bytes;
    }
    if (end != r->data + r->n_data)
        return error_set(r->err, "%s: %zu bytes after the last tensor", r->file->path,
                         (size_t)(r->data + r->n_data - end));
    return true;
}

static bool parse_tensor(const Reader *r, const cJSON *entry) {
    Tensor *tensor = tensors_add(r->tensors, r->file, entry->string, r->arena, r->err);
    if (!tensor) return false;
    if (!cJSON_IsObject(entry) || cJSON_GetArraySize(entry) != 3)
        return refuse(r, tensor->name, "expected dtype, shape and data_offsets");
    return parse_dtype(r, entry, tensor) && parse_shape(r, entry, tensor) &&
           parse_offsets(r, entry, tensor);
}

/* Adds the other names of tensors. Most metadata ("format": "pt") has none. */
static bool add_aliases(const Reader *r, const cJSON *header) {
    const cJSON *metadata = cJSON_GetObjectItemCaseSensitive(header, metadata_key), *value;
    Tensors own = {.tensors = r->tensors->tensors + r->first, .n = r->tensors->n - r->first};
    if (metadata && !cJSON_IsObject(metadata))
        return error_set(r->err, "%s: \"%s\" is not an object", r->file->path, metadata_key);
    if (!tensors_sort(&own, r->err)) return false;
    cJSON_ArrayForEach (value, metadata) {
        if (!cJSON_IsString(value))
            return error_set(r->err, "%s: \"%s\" must hold only strings", r->file->path,
                             metadata_key);
        const Tensor *tensor = tensors_find(&own, value->valuestring);
        if (!tensor || tensors_find(&own, value->string)) continue;
        Tensor same = *tensor, *alias;
        alias = tensors_add(r->tensors, r->file, value->string, r->arena, r->err);
        if (!alias) return false;
        same.name = alias->name;
        *alias = same;
    }
    return true;
}

static bool parse_header(const Reader *r, const cJSON *header) {
    const cJSON *entry;
    if (!json_check_keys(header, r->file->path, r->err)) return false;
    cJSON_ArrayForEach (entry, header)
        if (strcmp(entry->string, metadata_key) != 0 && !parse_tensor(r, entry)) return false;
    return check_coverage(r) && add_aliases(r, header);
}

bool safetensors_read(const char *path, Tensors *tensors, Arena *arena, Error *err) {
    Reader r = {.tensors = tensors, .first = tensors->n, .arena = arena, .err = err};
    r.file = tensors_map(tensors, path, arena, err);
    if (!r.file) return false;
    size_t size = r.file->mapped.size;
    if (size < 8)
        return error_set(err, "%s: %zu bytes, a safetensors file has at least 8", path, size);
    uint64_t n_header;
    memcpy(&n_header, r.file->mapped.data, sizeof n_header);
    if (n_header < 2 || n_header > max_header || n_header > size - 8)
        return error_set(
            err, "%s: not safetensors, or cut short: header of %llu bytes, expected 2 to %zu", path,
            (unsigned long long)n_header, size - 8 < max_header ? size - 8 : max_header);
    cJSON *header = json_parse_object(path, r.file->mapped.data + 8, (size_t)n_header, err);
    if (!header) return false;
    r.data = r.file->mapped.data + 8 + n_header;
    r.n_data = size - 8 - (size_t)n_header;
    bool ok = parse_header(&r, header);
    cJSON_Delete(header);
    return ok;
}
