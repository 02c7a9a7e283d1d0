#include "marian_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "model/marian_bin.h"

enum { ALIGNMENT = 256 };

static void pad(Buffer *b) {
    while (b->size % ALIGNMENT) buffer_byte(b, '\0');
}

void marian_file_add(MarianFile *file, const char *name, uint64_t type, uint64_t rank,
                     const int32_t *shape, const void *bytes, size_t n) {
    const uint64_t header[] = {strlen(name) + 1, type, rank, n};
    buffer_append(&file->headers, header, sizeof header);
    buffer_append(&file->names, name, strlen(name) + 1);
    buffer_append(&file->shapes, shape, (size_t)rank * sizeof *shape);
    buffer_append(&file->data, bytes, n);
    file->n++;
}

void marian_file_floats(MarianFile *file, const char *name, int32_t rows, int32_t cols,
                        const float *values) {
    Buffer bytes = {0};
    buffer_append(&bytes, values, (size_t)rows * (size_t)cols * sizeof *values);
    pad(&bytes);
    marian_file_add(file, name, MARIAN_F32, 2, (int32_t[]){rows, cols}, bytes.data, bytes.size);
    buffer_free(&bytes);
}

void marian_file_int8(MarianFile *file, const char *name, int32_t rows, int32_t cols,
                      const int8_t *values, float multiplier) {
    Buffer bytes = {0};
    buffer_append(&bytes, values, (size_t)rows * (size_t)cols);
    buffer_append(&bytes, &multiplier, sizeof multiplier);
    pad(&bytes);
    marian_file_add(file, name, MARIAN_INTGEMM8, 2, (int32_t[]){rows, cols}, bytes.data,
                    bytes.size);
    buffer_free(&bytes);
}

void marian_file_text(MarianFile *file, const char *name, const char *text) {
    int32_t n = (int32_t)strlen(text) + 1;
    marian_file_add(file, name, MARIAN_INT8, 1, &n, text, (size_t)n);
}

void marian_file_finish(MarianFile *file, Buffer *bytes) {
    const uint64_t version = 1, zeros[ALIGNMENT / sizeof(uint64_t)] = {0};
    size_t start = bytes->size;
    buffer_append(bytes, &version, sizeof version);
    buffer_append(bytes, &file->n, sizeof file->n);
    buffer_append(bytes, file->headers.data, file->headers.size);
    buffer_append(bytes, file->names.data, file->names.size);
    buffer_append(bytes, file->shapes.data, file->shapes.size);
    uint64_t used = bytes->size - start + sizeof used;
    uint64_t padding = (ALIGNMENT - used % ALIGNMENT) % ALIGNMENT;
    buffer_append(bytes, &padding, sizeof padding);
    buffer_append(bytes, zeros, (size_t)padding);
    buffer_append(bytes, file->data.data, file->data.size);
    assert_false(bytes->failed || file->headers.failed || file->data.failed);
    buffer_free(&file->headers);
    buffer_free(&file->names);
    buffer_free(&file->shapes);
    buffer_free(&file->data);
    *file = (MarianFile){0};
}

Buffer marian_file_sample(void) {
    static const float floats[] = {0.5F, -1.0F, 2.0F, 0.25F, 8.0F, -4.0F};
    static const int8_t bytes[] = {127, -127, 0, 1, -2, 64};
    MarianFile file = {0};
    Buffer out = {0};
    marian_file_floats(&file, "m", 2, 3, floats);
    marian_file_int8(&file, "q", 2, 3, bytes, 4.0F);
    marian_file_text(&file, "special:model.yml", "a: b\n");
    marian_file_finish(&file, &out);
    return out;
}
