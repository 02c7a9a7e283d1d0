#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

/* Cuts an unfinished UTF-8 sequence off the end and hides control characters. */
static void make_printable(char *text) {
    size_t n = strlen(text), first = n;
    while (first > 0 && n - first < 3 && ((unsigned char)text[first - 1] & 0xC0) == 0x80) first--;
    if (first > 0 && (unsigned char)text[first - 1] >= 0xC0) {
        unsigned char lead = (unsigned char)text[first - 1];
        size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (n - (first - 1) < wanted) text[first - 1] = '\0';
    }
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7F) *c = '?';
}

bool error_set(Error *err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (number_vformat(err->text, sizeof err->text, format, args) < 0)
        snprintf(err->text, sizeof err->text, "unknown error");
    va_end(args);
    make_printable(err->text);
    return false;
}

bool error_prefix(Error *err, const char *prefix) {
    Error inner = *err;
    return error_set(err, "%s: %s", prefix, inner.text);
}

bool error_memory(Error *err, size_t n_bytes, const char *what) {
    return error_set(err, "out of memory: %zu bytes for %s", n_bytes, what);
}
