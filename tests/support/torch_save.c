#include "torch_save.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/safetensors.h"
#include "tiny_model.h"
#include "zip_file.h"

static void put(Buffer *b, uint64_t number, size_t n) {
    for (size_t i = 0; i < n; i++) buffer_byte(b, (char)(number >> 8 * i));
}

static void put_text(Buffer *b, const char *text) {
    buffer_byte(b, 'X');
    put(b, strlen(text), 4);
    buffer_string(b, text);
}

static void put_int(Buffer *b, size_t number) {
    buffer_byte(b, number < 256 ? 'K' : number < 65536 ? 'M' : 'J');
    put(b, number, number < 256 ? 1 : number < 65536 ? 2 : 4);
}

static void put_global(Buffer *b, const char *module, const char *name) {
    buffer_format(b, "c%s\n%s\n", module, name);
}

static void put_dict(Buffer *b) {
    put_global(b, "collections", "OrderedDict");
    buffer_string(b, ")R");
}

static void put_numbers(Buffer *b, const size_t *numbers, size_t n) {
    if (n > 3) buffer_byte(b, '(');
    for (size_t i = 0; i < n; i++) put_int(b, numbers[i]);
    if (n == 0) buffer_byte(b, ')');
    if (n > 0) buffer_byte(b, n > 3 ? 't' : (char)(0x84 + n));
}

static void put_tensor(Buffer *b, const TorchTensor *t, TorchFormat format) {
    size_t strides[TENSOR_MAX_RANK], stride = 1;
    for (size_t i = t->rank; i-- > 0; stride *= t->shape[i]) strides[i] = stride;
    put_global(b, "torch._utils", "_rebuild_tensor_v2");
    buffer_string(b, "((");
    put_text(b, "storage");
    put_global(b, "torch", t->type);
    put_text(b, t->key);
    put_text(b, "cpu");
    put_int(b, t->n_storage);
    buffer_string(b, format == TORCH_STREAM ? "NtQ" : "tQ");
    put_int(b, t->offset);
    put_numbers(b, t->shape, t->rank);
    put_numbers(b, strides, t->rank);
    buffer_byte(b, (char)0x89);
    put_dict(b);
    buffer_string(b, "tR");
}

void torch_pickle(const TorchTensor *tensors, size_t n, TorchFormat format, Buffer *b) {
    buffer_append(b, "\x80\x02", 2);
    put_dict(b);
    buffer_append(b, "q\0(", 3);
    for (size_t i = 0; i < n; i++) {
        put_text(b, tensors[i].name);
        buffer_byte(b, 'q');  // a memo of 256 is enough for the tests of BINPUT and BINGET
        put(b, (i + 1) % 256, 1);
        put_tensor(b, &tensors[i], format);
    }
    buffer_string(b, "u}");  // and its attribute _metadata
    put_text(b, "_metadata");
    buffer_append(b, "h\0sb.", 5);
}

/* ---- a whole file ---- */

static const char *type_of(const Tensor *tensor) {
    return tensor->dtype == DTYPE_F32   ? "FloatStorage"
           : tensor->dtype == DTYPE_F16 ? "HalfStorage"
                                        : "BFloat16Storage";
}

/* Describes the tensors; keys[i] is the number of the first one with the same bytes. */
static void describe(const Tensors *file, TorchTensor *all, char keys[][24], size_t *first) {
    for (size_t i = 0; i < file->n; i++) {
        const Tensor *t = &file->tensors[i];
        for (first[i] = 0; first[i] < i; first[i]++)
            if (file->tensors[first[i]].n_bytes == t->n_bytes &&
                memcmp(file->tensors[first[i]].data, t->data, t->n_bytes) == 0)
                break;
        snprintf(keys[i], sizeof keys[i], "%zu", first[i]);
        all[i] = (TorchTensor){t->name,       type_of(t),    keys[i], 0,
                               t->n_elements, t->n_elements, t->rank, {0}};
        memcpy(all[i].shape, t->shape, sizeof all[i].shape);
    }
}

static void write_zip(const Tensors *file, const TorchTensor *all, const size_t *first,
                      bool deflated, Buffer *out) {
    ZipFile zip = {0};
    Buffer pickle = {0};
    torch_pickle(all, file->n, TORCH_ZIP, &pickle);
    zip_file_add(&zip, "archive/data.pkl", pickle.data, pickle.size, deflated);
    zip_file_add(&zip, "archive/byteorder", "little", 6, deflated);
    for (size_t i = 0; i < file->n; i++) {
        char name[32];
        if (first[i] != i) continue;
        snprintf(name, sizeof name, "archive/data/%s", all[i].key);
        zip_file_add(&zip, name, file->tensors[i].data, file->tensors[i].n_bytes, deflated);
    }
    zip_file_add(&zip, "archive/version", "3\n", 2, deflated);
    zip_file_finish(&zip, out);
    buffer_free(&pickle);
}

static void write_stream(const Tensors *file, const TorchTensor *all, const size_t *first,
                         Buffer *out) {
    static const char head[] =
        "\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19.\x80\x02M\xE9\x03.\x80\x02}";
    buffer_append(out, head, sizeof head - 1);
    put_text(out, "little_endian");
    buffer_append(out, "\x88s.", 3);
    torch_pickle(all, file->n, TORCH_STREAM, out);
    buffer_string(out, "\x80\x02](");
    for (size_t i = 0; i < file->n; i++)
        if (first[i] == i) put_text(out, all[i].key);
    buffer_string(out, "e.");
    for (size_t i = 0; i < file->n; i++) {
        if (first[i] != i) continue;
        put(out, all[i].n_storage, 8);
        buffer_append(out, file->tensors[i].data, file->tensors[i].n_bytes);
    }
}

void torch_save(const char *directory, const char *name, TorchFormat format) {
    enum { MOST = 256 };
    char path[600], keys[MOST][24];
    TorchTensor all[MOST];
    size_t first[MOST];
    Tensors file;
    Arena arena = {0};
    Error err = {0};
    snprintf(path, sizeof path, "%s/model.safetensors", directory);
    if (!tensors_open(path, safetensors_read, &file, &arena, &err)) fail_msg("%s", err.text);
    assert_true(file.n <= MOST);
    describe(&file, all, keys, first);
    Buffer out = {0};
    if (format == TORCH_STREAM)
        write_stream(&file, all, first, &out);
    else
        write_zip(&file, all, first, format == TORCH_DEFLATED, &out);
    assert_false(out.failed);
    tiny_file_write(directory, name, out.data, out.size);
    buffer_free(&out);
    tensors_close(&file);
    arena_free(&arena);
}
