#include "npz_save.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/marian_bin.h"
#include "tiny_model.h"

void npz_add(ZipFile *file, const char *name, const char *header, const void *bytes, size_t n,
             bool deflated) {
    Buffer array = {0}, entry = {0};
    size_t n_header = (strlen(header) + 1 + 10 + 63) / 64 * 64 - 10;
    buffer_append(&array, "\x93NUMPY\1\0", 8);
    buffer_byte(&array, (char)n_header);
    buffer_byte(&array, (char)(n_header >> 8));
    buffer_string(&array, header);
    while (array.size < 10 + n_header - 1) buffer_byte(&array, ' ');
    buffer_byte(&array, '\n');
    buffer_append(&array, bytes, n);
    buffer_format(&entry, "%s.npy", name);
    assert_false(array.failed || entry.failed);
    zip_file_add(file, entry.data, array.data, array.size, deflated);
    buffer_free(&array);
    buffer_free(&entry);
}

void npz_save(const char *directory, const char *from, const char *to, bool deflated) {
    char path[600];
    Tensors tensors;
    Arena arena = {0};
    Error err = {0};
    ZipFile file = {0};
    Buffer bytes = {0};
    snprintf(path, sizeof path, "%s/%s", directory, from);
    if (!tensors_open(path, marian_bin_read, &tensors, &arena, &err)) fail_msg("%s", err.text);
    for (size_t i = 0; i < tensors.n; i++) {
        const Tensor *t = &tensors.tensors[i];
        Buffer header = {0};
        assert_true(t->dtype == DTYPE_F32 || t->dtype == DTYPE_INT8);
        buffer_format(&header, "{'descr': '%s', 'fortran_order': False, 'shape': (",
                      t->dtype == DTYPE_F32 ? "<f4" : "<i1");
        for (size_t k = 0; k < t->rank; k++)
            buffer_format(&header, "%zu%s", t->shape[k],
                          t->rank == 1 || k + 1 < t->rank ? ", " : "");
        buffer_string(&header, "), }");
        npz_add(&file, t->name, header.data, t->data, t->n_elements * dtype_size(t->dtype),
                deflated);
        buffer_free(&header);
    }
    zip_file_finish(&file, &bytes);
    tiny_file_write(directory, to, bytes.data, bytes.size);
    buffer_free(&bytes);
    tensors_close(&tensors);
    arena_free(&arena);
}
