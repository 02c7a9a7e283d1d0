#include "model/tensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "weights are little-endian and read as they lie"
#endif

// Exact in a double, and readers multiply it by up to 8.
static const uint64_t most_elements =
    SIZE_MAX / 8 < (uint64_t)1 << 53 ? SIZE_MAX / 8 : (uint64_t)1 << 53;

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {[DTYPE_F32] = {"F32", 4},
              [DTYPE_F16] = {"F16", 2},
              [DTYPE_BF16] = {"BF16", 2},
              [DTYPE_INT8] = {"int8", 1},
              [DTYPE_INTGEMM8] = {"intgemm8", 1}};

const char *dtype_name(DType dtype) { return dtypes[dtype].name; }
size_t dtype_size(DType dtype) { return dtypes[dtype].size; }

/* ---- the table ---- */

const TensorFile *tensors_map(Tensors *tensors, const char *path, Arena *arena, Error *err) {
    TensorFile *file = arena_array(arena, 1, sizeof *file, "a file of weights", err);
    if (!file) return NULL;
    file->path = arena_string(arena, path, strlen(path), err);
    if (!file->path || !file_map(path, &file->mapped, err)) return NULL;
    file->next = tensors->files;
    tensors->files = file;
    return file;
}

void tensors_close(Tensors *tensors) {
    for (TensorFile *file = tensors->files; file; file = file->next) file_unmap(&file->mapped);
    *tensors = (Tensors){0};
}

static bool grow(Tensors *tensors, Arena *arena, Error *err) {
    size_t capacity = tensors->capacity ? 2 * tensors->capacity : 64;
    Tensor *more = arena_array(arena, capacity, sizeof *more, "the table of tensors", err);
    if (!more) return false;
    if (tensors->n) memcpy(more, tensors->tensors, tensors->n * sizeof *more);
    tensors->tensors = more;
    tensors->capacity = capacity;
    return true;
}

Tensor *tensors_add(Tensors *tensors, const TensorFile *file, const char *name, Arena *arena,
                    Error *err) {
    if (tensors->n == tensors->capacity && !grow(tensors, arena, err)) return NULL;
    Tensor *tensor = &tensors->tensors[tensors->n];
    *tensor = (Tensor){.file = file, .n_elements = 1};
    tensor->name = arena_string(arena, name, strlen(name), err);
    if (!tensor->name) return NULL;
    tensors->n++;
    return tensor;
}

bool tensor_add_dimension(Tensor *tensor, long long size, Error *err) {
    const char *path = tensor->file->path;
    if (tensor->rank == TENSOR_MAX_RANK)
        return error_set(err, "%s: tensor %s: more than %d dimensions", path, tensor->name,
                         TENSOR_MAX_RANK);
    if (size < 1)
        return error_set(err, "%s: tensor %s: dimension %zu is %lld, expected at least 1", path,
                         tensor->name, tensor->rank, size);
    if ((unsigned long long)size > most_elements / tensor->n_elements)
        return error_set(err, "%s: tensor %s: too many elements", path, tensor->name);
    tensor->shape[tensor->rank++] = (size_t)size;
    tensor->n_elements *= (size_t)size;
    return true;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const Tensor *)a)->name, ((const Tensor *)b)->name);
}

bool tensors_sort(Tensors *tensors, Error *err) {
    if (!tensors->n) return true;
    qsort(tensors->tensors, tensors->n, sizeof *tensors->tensors, by_name);
    for (size_t i = 1; i < tensors->n; i++)
        if (strcmp(tensors->tensors[i - 1].name, tensors->tensors[i].name) == 0)
            return error_set(err, "%s: tensor %s occurs twice", tensors->tensors[i].file->path,
                             tensors->tensors[i].name);
    return true;
}

bool tensors_open(const char *path, TensorsReader *read, Tensors *tensors, Arena *arena,
                  Error *err) {
    *tensors = (Tensors){.path = arena_string(arena, path, strlen(path), err)};
    return tensors->path && read(path, tensors, arena, err) && tensors_sort(tensors, err);
}

Tensor *tensors_find(const Tensors *tensors, const char *name) {
    Tensor key = {.name = name};
    if (!tensors->n) return NULL;
    return bsearch(&key, tensors->tensors, tensors->n, sizeof *tensors->tensors, by_name);
}

void tensor_release(const Tensor *tensor) {
    const MappedFile *mapped = &tensor->file->mapped;
    if ((uintptr_t)tensor->data - (uintptr_t)mapped->data < mapped->size)
        file_release(mapped, tensor->data, tensor->n_bytes);
}

/* ---- their elements ---- */

static float multiplier_of(const Tensor *tensor) {
    float multiplier;
    memcpy(&multiplier, tensor->data + tensor->n_elements, sizeof multiplier);
    return multiplier;
}

/* w = q / m */
static void dequantise(const Tensor *tensor, float multiplier, float *out) {
    for (size_t i = 0; i < tensor->n_elements; i++)
        out[i] = (float)(int8_t)tensor->data[i] / multiplier;
}

static bool is_aligned(const Tensor *tensor) {
    return (uintptr_t)tensor->data % dtype_size(tensor->dtype) == 0;
}

const float *tensor_floats(const Tensor *tensor, Arena *arena, Error *err) {
    if (tensor->dtype == DTYPE_F32 && is_aligned(tensor))
        return (const float *)(const void *)tensor->data;
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
            weights_widen_bf16(tensor->data, tensor->n_elements, out);
            break;
        case DTYPE_INT8:
            dequantise(tensor, 1.0F, out);
            break;
        case DTYPE_INTGEMM8:
            dequantise(tensor, multiplier_of(tensor), out);
            break;
    }
    return out;
}

static const StoredType stored_types[] = {[DTYPE_F32] = STORED_F32,
                                          [DTYPE_F16] = STORED_F16,
                                          [DTYPE_BF16] = STORED_BF16,
                                          [DTYPE_INT8] = STORED_INT8,
                                          [DTYPE_INTGEMM8] = STORED_INT8};

bool tensor_stored(const Tensor *tensor, size_t n_rows, bool turned, StoredWeights *stored,
                   Arena *arena, Error *err) {
    *stored = (StoredWeights){.type = stored_types[tensor->dtype],
                              .data = tensor->data,
                              .turned = turned && tensor->dtype != DTYPE_INTGEMM8};
    if (stored->type != STORED_INT8) return true;
    float *scales = arena_floats(arena, n_rows, tensor->name, err);
    float scale = tensor->dtype == DTYPE_INTGEMM8 ? 1.0F / multiplier_of(tensor) : 1.0F;
    for (size_t row = 0; scales && row < n_rows; row++) scales[row] = scale;
    stored->scales = scales;
    return scales != NULL;
}

bool tensor_weights(const Tensor *tensor, size_t n_rows, size_t n_cols, bool turned,
                    Precision precision, Weights *weights, Arena *arena, Error *err) {
    StoredWeights stored;
    return tensor_stored(tensor, n_rows, turned, &stored, arena, err) &&
           weights_pack(&stored, n_rows, n_cols, precision, weights, arena, err);
}

size_t tensor_weights_size(const Tensor *tensor, bool turned, Precision precision) {
    const size_t line = 64;
    if (tensor->rank != 2) return 0;
    WeightType type = weights_packed_type(stored_types[tensor->dtype], precision);
    size_t size =
        weights_packed_size(type, tensor->shape[turned ? 1 : 0], tensor->shape[turned ? 0 : 1]);
    return (size + line - 1) / line * line;
}
