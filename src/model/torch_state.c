#include "model/torch_state.h"

#include <stdlib.h>
#include <string.h>

static const long long most_elements = 1LL << 53;

static bool refuse(const TorchState *r, const Tensor *tensor, const char *why) {
    return error_set(r->err, "%s: tensor %s: %s", r->file->path, tensor->name, why);
}

static bool read_type(const TorchState *r, PickleGlobal type, Tensor *tensor) {
    switch (type) {
        case GLOBAL_FLOAT_STORAGE:
            tensor->dtype = DTYPE_F32;
            return true;
        case GLOBAL_HALF_STORAGE:
            tensor->dtype = DTYPE_F16;
            return true;
        case GLOBAL_BFLOAT16_STORAGE:
            tensor->dtype = DTYPE_BF16;
            return true;
        default:
            return error_kind(r->err, XATTN_UNSUPPORTED,
                              "%s: tensor %s: %s is not supported, expected FloatStorage, "
                              "HalfStorage or BFloat16Storage",
                              r->file->path, tensor->name, pickle_global_name(type));
    }
}

/* Reads ('storage', type, key, location, number of elements), with None at the end in the older
   format. */
static bool read_storage(const TorchState *r, const PickleValue *id, Tensor *tensor,
                         Storage *storage) {
    const PickleItems *t = id->kind == PICKLE_TUPLE ? id->as.items : NULL;
    if (!t || t->n < 5 || t->n > 6 || !pickle_is(t, 0, PICKLE_TEXT) ||
        strcmp(t->at[0].as.text, "storage") != 0 || !pickle_is(t, 1, PICKLE_GLOBAL) ||
        t->at[1].as.global < GLOBAL_FLOAT_STORAGE || !pickle_is(t, 2, PICKLE_TEXT) ||
        !pickle_is(t, 4, PICKLE_INT) || t->at[4].as.number < 0 ||
        t->at[4].as.number > most_elements || (t->n == 6 && !pickle_is(t, 5, PICKLE_NONE)))
        return refuse(r, tensor, "its storage is described in an unknown way");
    *storage = (Storage){.key = t->at[2].as.text,
                         .type = t->at[1].as.global,
                         .n_elements = (size_t)t->at[4].as.number};
    if (!read_type(r, storage->type, tensor)) return false;
    storage->n_bytes = storage->n_elements * dtype_size(tensor->dtype);
    return true;
}

static bool read_shape(const TorchState *r, const PickleItems *shape, Tensor *tensor) {
    for (size_t i = 0; i < shape->n; i++) {
        if (shape->at[i].kind != PICKLE_INT)
            return refuse(r, tensor, "its shape is not of numbers");
        if (!tensor_add_dimension(tensor, shape->at[i].as.number, r->err)) return false;
    }
    return true;
}

/* Whether a tensor is stored row by row, or a matrix column by column. The stride of a dimension of 1
   does not matter. */
static bool is_stored(const PickleItems *strides, const Tensor *tensor, bool by_column) {
    size_t expected = 1;
    bool ok = strides->n == tensor->rank && (!by_column || tensor->rank == 2);
    for (size_t k = 0; ok && k < tensor->rank; k++) {
        size_t i = by_column ? k : tensor->rank - 1 - k;
        ok = strides->at[i].kind == PICKLE_INT &&
             (tensor->shape[i] == 1 || strides->at[i].as.number == (long long)expected);
        expected *= tensor->shape[i];
    }
    return ok;
}

static bool read_strides(const TorchState *r, const PickleItems *strides, const Tensor *tensor,
                         bool *by_column) {
    *by_column = !is_stored(strides, tensor, false);
    return !*by_column || is_stored(strides, tensor, true) ||
           error_kind(r->err, XATTN_UNSUPPORTED,
                      "%s: tensor %s: it is stored neither row by row nor column by column; in "
                      "Python, call .contiguous() before saving it",
                      r->file->path, tensor->name);
}

/* _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks) */
static bool read_tensor(TorchState *r, const PickleItems *args, Tensor *tensor, Storage *storage) {
    if (!pickle_is(args, 0, PICKLE_PERSISTENT) || !pickle_is(args, 1, PICKLE_INT) ||
        !pickle_is(args, 2, PICKLE_TUPLE) || !pickle_is(args, 3, PICKLE_TUPLE))
        return refuse(r, tensor, "it is described in an unknown way");
    if (!read_storage(r, &args->at[0].as.items->at[0], tensor, storage) ||
        !read_shape(r, args->at[2].as.items, tensor) ||
        !read_strides(r, args->at[3].as.items, tensor, &r->places[r->n].by_column))
        return false;
    long long offset = args->at[1].as.number;
    if (offset < 0 || (unsigned long long)offset > storage->n_elements ||
        tensor->n_elements > storage->n_elements - (size_t)offset)
        return refuse(r, tensor, "it goes past the end of its storage");
    tensor->n_bytes = tensor->n_elements * dtype_size(tensor->dtype);
    r->places[r->n].key = storage->key;
    r->places[r->n].offset = (size_t)offset;
    return true;
}

/* The arguments of a tensor, or of the tensor in a parameter: _rebuild_parameter(tensor, requires_grad,
   hooks). NULL for other values. */
static const PickleItems *arguments_of(const PickleValue *value) {
    for (int depth = 0; depth < 2 && value->kind == PICKLE_CALL; depth++) {
        const PickleItems *call = value->as.items, *args = call->at[1].as.items;
        if (call->at[0].as.global == GLOBAL_REBUILD_TENSOR) return args;
        if (!args->n) return NULL;
        value = &args->at[0];
    }
    return NULL;
}

/* Reads every name and tensor, with a storage for each. */
static bool read_items(TorchState *r, const PickleValue *state) {
    if (state->kind != PICKLE_DICT)
        return error_set(r->err, "%s: it holds %s, expected a state dict", r->file->path,
                         pickle_kind_name(state->kind));
    const PickleItems *items = state->as.items;
    size_t most = items->n / 2;
    r->storages = arena_array(r->arena, most, sizeof *r->storages, "storages", r->err);
    r->places = arena_array(r->arena, most, sizeof *r->places, "storages", r->err);
    if (!r->storages || !r->places) return false;
    for (; r->n < most; r->n++) {
        const PickleValue *key = &items->at[2 * r->n], *value = key + 1;
        if (key->kind != PICKLE_TEXT)
            return error_set(r->err, "%s: %s for a name in the state dict", r->file->path,
                             pickle_kind_name(key->kind));
        const PickleItems *args = arguments_of(value);
        if (!args)
            return error_kind(r->err, XATTN_UNSUPPORTED,
                              "%s: \"%s\" is %s, expected a tensor: is it a checkpoint of "
                              "training, and not a model's weights?",
                              r->file->path, key->as.text, pickle_kind_name(value->kind));
        Tensor *tensor = tensors_add(r->tensors, r->file, key->as.text, r->arena, r->err);
        if (!tensor || !read_tensor(r, args, tensor, &r->storages[r->n_storages++])) return false;
    }
    return true;
}

static int by_key(const void *a, const void *b) {
    return strcmp(((const Storage *)a)->key, ((const Storage *)b)->key);
}

/* Sorts the storages, and keeps one of each shared storage. */
static bool sort_storages(TorchState *r) {
    Storage *s = r->storages;
    size_t kept = 0;
    if (r->n_storages) qsort(s, r->n_storages, sizeof *s, by_key);
    for (size_t i = 0; i < r->n_storages; i++) {
        bool again = kept && strcmp(s[kept - 1].key, s[i].key) == 0;
        if (again && (s[kept - 1].type != s[i].type || s[kept - 1].n_elements != s[i].n_elements))
            return error_set(r->err, "%s: storage %s is described in two ways", r->file->path,
                             s[i].key);
        if (!again) s[kept++] = s[i];
    }
    r->n_storages = kept;
    return true;
}

Storage *torch_state_find(const TorchState *r, const char *key) {
    Storage wanted = {.key = key};
    if (!r->n_storages) return NULL;
    return bsearch(&wanted, r->storages, r->n_storages, sizeof wanted, by_key);
}

static void transpose(const Tensor *tensor, unsigned char *rows) {
    const size_t n_rows = tensor->shape[0], n_cols = tensor->shape[1];
    const size_t size = dtype_size(tensor->dtype);
    for (size_t row = 0; row < n_rows; row++)
        for (size_t col = 0; col < n_cols; col++)
            memcpy(rows + (row * n_cols + col) * size, tensor->data + (col * n_rows + row) * size,
                   size);
}

/* Sets the data of a matrix that is stored column by column, from `offset` on. */
static bool turn(const TorchState *r, Tensor *tensor, Storage *storage, size_t offset) {
    const Tensor *before = storage->turned;
    const size_t size = dtype_size(tensor->dtype);
    if (before) {
        tensor->data = before->data;
        return (offset == storage->turned_offset && before->shape[0] == tensor->shape[0] &&
                before->shape[1] == tensor->shape[1]) ||
               error_kind(r->err, XATTN_UNSUPPORTED,
                          "%s: tensor %s: its storage has another transposed matrix; in Python, "
                          "call .contiguous() before saving it",
                          r->file->path, tensor->name);
    }
    unsigned char *rows = arena_array(r->arena, tensor->n_elements, size, "a matrix", r->err);
    if (!rows) return false;
    transpose(tensor, rows);
    tensor->data = rows;
    storage->turned = tensor;
    storage->turned_offset = offset;
    return true;
}

bool torch_state_bind(const TorchState *r) {
    for (size_t i = 0; i < r->n; i++) {
        const Place *place = &r->places[i];
        Tensor *tensor = &r->tensors->tensors[r->first + i];
        Storage *storage = torch_state_find(r, place->key);
        if (!storage->data) return refuse(r, tensor, "its storage is not in the file");
        tensor->data = storage->data + place->offset * dtype_size(tensor->dtype);
        if (place->by_column && !turn(r, tensor, storage, place->offset)) return false;
    }
    return true;
}

bool torch_state_read(TorchState *r, const PickleValue *value) {
    return read_items(r, value) && sort_storages(r);
}
