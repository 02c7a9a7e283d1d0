#include "model/npz.h"

#include <stdint.h>
#include <string.h>

#include "model/shape.h"
#include "model/zip.h"

static const char suffix[] = ".npy", magic[] = "\x93NUMPY";
enum { N_SUFFIX = sizeof suffix - 1, N_MAGIC = sizeof magic - 1, MOST_HEADER = 4096 };

static const struct {
    const char *descr;
    DType dtype;
} types[] = {{"<f4", DTYPE_F32},  {"<f2", DTYPE_F16},  {"|i1", DTYPE_INT8},
             {"|u1", DTYPE_INT8}, {"<i1", DTYPE_INT8}, {"<u1", DTYPE_INT8}};

/* An array, and the rest of its header. */
typedef struct {
    const char *path;
    Tensor *tensor;
    const char *at, *end;
    bool has_type, has_order, has_shape;
    Error *err;
} Header;

static bool refuse(const Header *h, const char *why) {
    return error_set(h->err, "%s: tensor %s: %s", h->path, h->tensor->name, why);
}

/* Refuses what NumPy can write but Marian does not. */
static bool unsupported(const Header *h, const char *why) {
    return error_kind(h->err, XATTN_UNSUPPORTED, "%s: tensor %s: %s", h->path, h->tensor->name,
                      why);
}

static void skip_spaces(Header *h) {
    while (h->at < h->end && (*h->at == ' ' || *h->at == '\n')) h->at++;
}

/* If this character is next, moves past it and the spaces after it. */
static bool accept(Header *h, char c) {
    skip_spaces(h);
    if (h->at == h->end || *h->at != c) return false;
    h->at++;
    skip_spaces(h);
    return true;
}

/* Reads a Python string without escapes. False if there is none, or if it does not fit. */
static bool read_string(Header *h, char out[32]) {
    size_t n = 0;
    if (!accept(h, '\'')) return false;
    while (h->at < h->end && *h->at != '\'' && *h->at != '\\' && n < 31) out[n++] = *h->at++;
    out[n] = '\0';
    return accept(h, '\'');
}

static bool read_type(Header *h) {
    char descr[32];
    h->has_type = true;
    if (!read_string(h, descr)) return unsupported(h, "its elements are structures");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].descr, descr) == 0) {
            h->tensor->dtype = types[i].dtype;
            return true;
        }
    return error_kind(h->err, XATTN_UNSUPPORTED,
                      "%s: tensor %s: type %s is not supported, expected <f4, <f2 or |i1", h->path,
                      h->tensor->name, descr);
}

/* Reads fortran_order. For one dimension both orders are the same. */
static bool read_order(Header *h, bool *fortran) {
    static const char no[] = "False", yes[] = "True";
    size_t left = (size_t)(h->end - h->at);
    h->has_order = true;
    *fortran = left >= sizeof yes - 1 && memcmp(h->at, yes, sizeof yes - 1) == 0;
    if (!*fortran && (left < sizeof no - 1 || memcmp(h->at, no, sizeof no - 1) != 0))
        return refuse(h, "\"fortran_order\" must be True or False");
    h->at += *fortran ? sizeof yes - 1 : sizeof no - 1;
    return true;
}

/* (), (3,) or (2, 3) */
static bool read_shape(Header *h) {
    h->has_shape = true;
    bool ok = accept(h, '(');
    while (ok && !accept(h, ')')) {
        long long size = 0;
        const char *first = h->at;
        for (; h->at < h->end && *h->at >= '0' && *h->at <= '9' && size <= INT32_MAX; h->at++)
            size = size * 10 + (*h->at - '0');
        ok = h->at > first && size <= INT32_MAX;
        if (ok && !tensor_add_dimension(h->tensor, size, h->err)) return false;
        ok = ok && (accept(h, ',') || (h->at < h->end && *h->at == ')'));
    }
    return ok || refuse(h, "\"shape\" must be a tuple of whole numbers");
}

static bool read_entry(Header *h, bool *fortran) {
    char key[32];
    if (!read_string(h, key) || !accept(h, ':')) return refuse(h, "its header is not a dict");
    if (strcmp(key, "descr") == 0 && !h->has_type) return read_type(h);
    if (strcmp(key, "fortran_order") == 0 && !h->has_order) return read_order(h, fortran);
    if (strcmp(key, "shape") == 0 && !h->has_shape) return read_shape(h);
    return refuse(h, "its header must have exactly descr, fortran_order and shape");
}

static size_t long_dimensions(const Tensor *tensor) {
    size_t n = 0;
    for (size_t i = 0; i < tensor->rank; i++) n += tensor->shape[i] > 1;
    return n;
}

static bool read_header(Header *h) {
    bool fortran = false;
    if (!accept(h, '{')) return refuse(h, "its header is not a dict");
    while (!accept(h, '}')) {
        if (!read_entry(h, &fortran)) return false;
        if (!accept(h, ',') && (h->at == h->end || *h->at != '}'))
            return refuse(h, "its header is not a dict");
    }
    if (!h->has_type || !h->has_order || !h->has_shape)
        return refuse(h, "its header lacks descr, fortran_order or shape");
    if (fortran && long_dimensions(h->tensor) > 1)
        return unsupported(h, "it is stored column by column; numpy.ascontiguousarray converts it");
    return h->at == h->end || refuse(h, "data after its header's dict");
}

/* Finds the header and its length; *n_front is the number of bytes before it. */
static bool find_header(const Header *h, const unsigned char *bytes, size_t n, size_t *n_front,
                        size_t *n_header) {
    bool ok = n >= N_MAGIC + 4 && memcmp(bytes, magic, N_MAGIC) == 0;
    unsigned major = ok ? bytes[N_MAGIC] : 0;
    *n_front = N_MAGIC + 2 + (major == 1 ? 2 : 4);
    if (!ok || major < 1 || major > 3 || n < *n_front)
        return refuse(h, "not an array of NumPy's, version 1 to 3");
    *n_header = 0;
    for (size_t i = *n_front; i-- > N_MAGIC + 2;) *n_header = *n_header << 8 | bytes[i];
    return (*n_header <= MOST_HEADER && *n_header <= n - *n_front) ||
           refuse(h, "its header goes past its end, or has more than 4096 bytes");
}

static bool read_array(const Zip *zip, ZipEntry *entry, Tensor *tensor, Arena *arena, Error *err) {
    Header h = {.path = zip->path, .tensor = tensor, .err = err};
    size_t n_front = 0, n_header = 0;
    if (!zip_read(zip, entry, arena, err) ||
        !find_header(&h, entry->bytes, entry->n_bytes, &n_front, &n_header))
        return false;
    h.at = (const char *)entry->bytes + n_front;
    h.end = h.at + n_header;
    if (!read_header(&h)) return false;
    tensor->data = entry->bytes + n_front + n_header;
    tensor->n_bytes = tensor->n_elements * dtype_size(tensor->dtype);
    size_t n_data = entry->n_bytes - n_front - n_header;
    char shape[96];
    return n_data == tensor->n_bytes ||
           error_set(err, "%s: tensor %s: %zu bytes of data, but %s of %s needs %zu", zip->path,
                     tensor->name, n_data, dtype_name(tensor->dtype),
                     shape_text(tensor->rank, tensor->shape, shape), tensor->n_bytes);
}

bool npz_read(const char *path, Tensors *tensors, Arena *arena, Error *err) {
    const TensorFile *file = tensors_map(tensors, path, arena, err);
    Zip zip;
    if (!file) return false;
    if (!zip_is(&file->mapped))
        return error_set(err, "%s: not a ZIP archive, as NumPy's .npz files are", path);
    if (!zip_open(file->path, &file->mapped, &zip, arena, err)) return false;
    for (size_t i = 0; i < zip.n; i++) {
        ZipEntry *entry = &zip.entries[i];
        size_t n = strlen(entry->name);
        if (n <= N_SUFFIX || strcmp(entry->name + n - N_SUFFIX, suffix) != 0)
            return error_set(err, "%s: %s is not an array, NAME.npy", path, entry->name);
        const char *name = arena_string(arena, entry->name, n - N_SUFFIX, err);
        Tensor *tensor = name ? tensors_add(tensors, file, name, arena, err) : NULL;
        if (!tensor || !read_array(&zip, entry, tensor, arena, err)) return false;
    }
    return true;
}
