#include "align/npy.h"

#include <stdint.h>
#include <string.h>

enum { PREFIX = 10, STEP = 64 };  // bytes before the header; the alignment of the data

static void write_header(const size_t *shape, size_t n, Buffer *out) {
    Buffer header = {0};
    buffer_string(&header, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for (size_t i = 0; i < n; i++) buffer_format(&header, i ? " %zu," : "%zu,", shape[i]);
    if (n > 1) header.size -= !header.failed;  // only a tuple with one element ends with a comma
    buffer_string(&header, "), }");
    while (!header.failed && (PREFIX + header.size + 1) % STEP) buffer_byte(&header, ' ');
    buffer_byte(&header, '\n');

    buffer_append(out, "\x93NUMPY\x01\x00", 8);
    buffer_byte(out, (char)(header.size & 0xFF));
    buffer_byte(out, (char)(header.size >> 8));
    buffer_append(out, header.data, header.failed ? 0 : header.size);
    out->failed |= header.failed;
    buffer_free(&header);
}

/* Little-endian on every machine. */
static void write_values(const float *values, size_t n, Buffer *out) {
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        unsigned char bytes[4] = {(unsigned char)bits, (unsigned char)(bits >> 8),
                                  (unsigned char)(bits >> 16), (unsigned char)(bits >> 24)};
        buffer_append(out, bytes, 4);
    }
}

bool npy_write(const float *values, const size_t *shape, size_t n, Buffer *out, Error *err) {
    size_t size = 1;
    for (size_t i = 0; i < n; i++) size *= shape[i];
    write_header(shape, n, out);
    write_values(values, size, out);
    return buffer_ok(out, "an array", err);
}

bool npy_write_maps(const xattn_maps *maps, Buffer *out, Error *err) {
    size_t heads = 0;
    while (heads < maps->n && maps->items[heads]->layer == maps->items[0]->layer) heads++;
    size_t shape[4] = {heads ? maps->n / heads : 0, heads, 0, 0};
    if (maps->n) {
        shape[2] = maps->items[0]->n_target;
        shape[3] = maps->items[0]->n_source;
    }
    write_header(shape, 4, out);
    for (size_t k = 0; k < maps->n; k++)
        write_values(maps->items[k]->cells, shape[2] * shape[3], out);
    return buffer_ok(out, "an array", err);
}
