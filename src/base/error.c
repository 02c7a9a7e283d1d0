#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

/* Removes an incomplete UTF-8 sequence from the end, and hides control characters. */
static void make_printable(char *text) {
    size_t n = strlen(text), first = n;
    while (first > 0 && n - first < 3 && ((unsigned char)text[first - 1] & 0xC0) == 0x80) first--;
    if (first > 0 && (unsigned char)text[first - 1] >= 0xC0) {
        unsigned char lead = (unsigned char)text[first - 1];
        size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        if (n - (first - 1) < wanted) text[first - 1] = '\0';
    }
    utf8_hide_controls(text, strlen(text), '?');
}

#if defined(__GNUC__)
static bool set(Error *err, xattn_error_kind kind, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));
#endif
static bool set(Error *err, xattn_error_kind kind, const char *format, va_list args) {
    err->kind = kind;
    err->index = -1;
    if (number_vformat(err->text, sizeof err->text, format, args) < 0)
        snprintf(err->text, sizeof err->text, "unknown error");
    make_printable(err->text);
    return false;
}

bool error_set(Error *err, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set(err, XATTN_MALFORMED, format, args);
    va_end(args);
    return false;
}

bool error_kind(Error *err, xattn_error_kind kind, const char *format, ...) {
    va_list args;
    va_start(args, format);
    set(err, kind, format, args);
    va_end(args);
    return false;
}

/* Two functions share the name strerror_r. The type of the result tells which one this system has. */
static const char *text_of_int(int status, const char *buffer) {
    return status == 0 ? buffer : "unknown error";
}
static const char *text_of_pointer(const char *text, const char *buffer) {
    (void)buffer;
    return text;
}
#define TEXT_OF(result, buffer) \
    _Generic((result), int : text_of_int, char * : text_of_pointer)(result, buffer)

bool error_system(Error *err, const char *path, int error_number) {
    char buffer[256] = "";
    bool missing = error_number == ENOENT || error_number == ENOTDIR;
    const char *text = TEXT_OF(strerror_r(error_number, buffer, sizeof buffer), buffer);
    return error_kind(err, missing ? XATTN_NOT_FOUND : XATTN_UNREADABLE, "%s: %s", path, text);
}

bool error_prefix(Error *err, const char *prefix) {
    Error inner = *err;
    error_kind(err, inner.kind, "%s: %s", prefix, inner.text);
    err->index = inner.index;
    return false;
}

bool error_memory(Error *err, size_t n_bytes, const char *what) {
    return error_kind(err, XATTN_NO_MEMORY, "out of memory: %zu bytes for %s", n_bytes, what);
}
