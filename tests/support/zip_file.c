#include "zip_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

static void put(Buffer *b, uint64_t number, size_t n) {
    for (size_t i = 0; i < n; i++) buffer_byte(b, (char)(i < 8 ? number >> 8 * i : 0));
}

/* Raw deflate, as ZIP has it. */
static Buffer deflate_bytes(const void *bytes, size_t n) {
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t most = deflateBound(&stream, (uLong)n);
    char *out = malloc(most);
    assert_non_null(out);
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)n;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)most;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    Buffer deflated = {0};
    buffer_append(&deflated, out, stream.total_out);
    deflateEnd(&stream);
    free(out);
    return deflated;
}

/* From the flags to the length of the name: the same in both headers. */
static void put_facts(const ZipFile *file, Buffer *b, bool deflated, uint32_t crc, size_t n_stored,
                      size_t n, const char *name) {
    put(b, 0, 2);                 // flags
    put(b, deflated ? 8 : 0, 2);  // method
    put(b, 0, 4);                 // time and date
    put(b, crc, 4);
    put(b, file->zip64 ? UINT32_MAX : n_stored, 4);
    put(b, file->zip64 ? UINT32_MAX : n, 4);
    put(b, strlen(name), 2);
}

void zip_file_add(ZipFile *file, const char *name, const void *bytes, size_t n, bool deflated) {
    Buffer stored = {0};
    if (deflated)
        stored = deflate_bytes(bytes, n);
    else
        buffer_append(&stored, bytes, n);
    uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), bytes, (uInt)n);
    size_t at = file->data.size;
    buffer_append(&file->data, "PK\x03\x04\x14\0", 6);
    put_facts(file, &file->data, deflated, crc, stored.size, n, name);
    put(&file->data, 0, 2);  // no extra data
    buffer_string(&file->data, name);
    buffer_append(&file->data, stored.data, stored.size);

    Buffer *d = &file->directory;
    buffer_append(d, "PK\x01\x02\x14\0\x14\0", 8);
    put_facts(file, d, deflated, crc, stored.size, n, name);
    put(d, file->zip64 ? 28 : 0, 2);  // length of the extra data
    put(d, 0, 2 + 2 + 2 + 4);         // comment, disk, attributes
    put(d, file->zip64 ? UINT32_MAX : at, 4);
    buffer_string(d, name);
    if (file->zip64) {
        put(d, 1, 2);
        put(d, 24, 2);
        put(d, n, 8);
        put(d, stored.size, 8);
        put(d, at, 8);
    }
    file->n++;
    buffer_free(&stored);
}

static void put_end64(const ZipFile *file, Buffer *bytes) {
    size_t at = file->data.size + file->directory.size;
    buffer_append(bytes, "PK\x06\x06", 4);
    put(bytes, 44, 8);
    put(bytes, 45, 2);
    put(bytes, 45, 2);
    put(bytes, 0, 8);  // disks
    put(bytes, file->n, 8);
    put(bytes, file->n, 8);
    put(bytes, file->directory.size, 8);
    put(bytes, file->data.size, 8);
    buffer_append(bytes, "PK\x06\x07", 4);
    put(bytes, 0, 4);
    put(bytes, at, 8);
    put(bytes, 1, 4);
}

void zip_file_finish(ZipFile *file, Buffer *bytes) {
    bool zip64 = file->zip64;
    buffer_append(bytes, file->data.data, file->data.size);
    buffer_append(bytes, file->directory.data, file->directory.size);
    if (zip64) put_end64(file, bytes);
    buffer_append(bytes, "PK\x05\x06\0\0\0\0", 8);
    put(bytes, zip64 ? UINT16_MAX : file->n, 2);
    put(bytes, zip64 ? UINT16_MAX : file->n, 2);
    put(bytes, zip64 ? UINT32_MAX : file->directory.size, 4);
    put(bytes, zip64 ? UINT32_MAX : file->data.size, 4);
    put(bytes, 0, 2);
    assert_false(file->data.failed || file->directory.failed || bytes->failed);
    buffer_free(&file->data);
    buffer_free(&file->directory);
    *file = (ZipFile){0};
}

static size_t number_at(const char *at, size_t n) {
    size_t number = 0;
    for (size_t i = 0; i < n; i++) number |= (size_t)(unsigned char)at[i] << 8 * i;
    return number;
}

/* The CRC-32 of n_stored bytes as they are, or inflated; false if they do not inflate. */
static bool crc_of(const char *stored, size_t n_stored, size_t n, bool deflated, uint32_t *crc) {
    if (!deflated) {
        *crc = (uint32_t)crc32(0, (const Bytef *)stored, (uInt)n_stored);
        return true;
    }
    if (n > 1032 * n_stored + 1032) return false;
    Bytef *out = malloc(n + 1);
    assert_non_null(out);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)stored, .next_out = out};
    stream.avail_in = (uInt)n_stored;
    stream.avail_out = (uInt)n;
    bool ok =
        inflateInit2(&stream, -MAX_WBITS) == Z_OK && inflate(&stream, Z_FINISH) == Z_STREAM_END;
    inflateEnd(&stream);
    *crc = (uint32_t)crc32(0, out, (uInt)stream.total_out);
    free(out);
    return ok;
}

void zip_file_mend(char *bytes, size_t size) {
    for (size_t at = 0; at + 46 <= size; at++) {
        if (memcmp(bytes + at, "PK\x01\x02", 4) != 0) continue;
        size_t n_stored = number_at(bytes + at + 20, 4), n = number_at(bytes + at + 24, 4);
        size_t local = number_at(bytes + at + 42, 4);
        if (local > size || size - local < 30) continue;
        size_t data =
            local + 30 + number_at(bytes + local + 26, 2) + number_at(bytes + local + 28, 2);
        uint32_t crc;
        if (data > size || n_stored > size - data) continue;
        if (!crc_of(bytes + data, n_stored, n, bytes[at + 10] == 8, &crc)) continue;
        for (size_t i = 0; i < 4; i++) bytes[at + 16 + i] = (char)(crc >> 8 * i);
    }
}
