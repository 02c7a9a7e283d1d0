#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* Room for n more bytes and the NUL. */
static bool reserve(Buffer *b, size_t n) {
    if (b->failed) return false;
    if (n < b->capacity - b->size) return true;
    size_t wanted = b->capacity ? b->capacity : 64;
    while (wanted - b->size <= n) {
        if (wanted > SIZE_MAX / 2) return !(b->failed = true);
        wanted *= 2;
    }
    char *data = realloc(b->data, wanted);
    if (!data) return !(b->failed = true);
    b->data = data;
    b->capacity = wanted;
    return true;
}

void buffer_append(Buffer *b, const void *bytes, size_t n) {
    if (!reserve(b, n)) return;
    if (n) memcpy(b->data + b->size, bytes, n);
    b->size += n;
    b->data[b->size] = '\0';
}

void buffer_string(Buffer *b, const char *text) { buffer_append(b, text, strlen(text)); }

void buffer_byte(Buffer *b, char byte) { buffer_append(b, &byte, 1); }

void buffer_format(Buffer *b, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = number_vformat(NULL, 0, format, args);
    if (n < 0) b->failed = true;
    if (n >= 0 && reserve(b, (size_t)n)) {
        number_vformat(b->data + b->size, (size_t)n + 1, format, again);
        b->size += (size_t)n;
    }
    va_end(again);
    va_end(args);
}

void buffer_clear(Buffer *b) {
    b->size = 0;
    if (b->data) b->data[0] = '\0';
}

bool buffer_ok(const Buffer *b, const char *what, Error *err) {
    return !b->failed || error_memory(err, b->size + 1, what);
}

void buffer_free(Buffer *b) {
    free(b->data);
    *b = (Buffer){0};
}
