#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>

int utf8_character(const char *text, size_t n, size_t *size) {
    utf8proc_int32_t character;
    utf8proc_ssize_t found = utf8proc_iterate((const utf8proc_uint8_t *)text,
                                              n < 4 ? (utf8proc_ssize_t)n : 4, &character);
    *size = found > 0 ? (size_t)found : 1;
    return found > 0 ? (int)character : UTF8_NONE;
}

bool utf8_is_control(int c) { return (c >= 0 && c < 0x20) || (c >= 0x7F && c < 0xA0); }

void utf8_hide_controls(char *text, size_t n, char sign) {
    for (size_t at = 0, size; at < n; at += size)
        if (utf8_is_control(utf8_character(text + at, n - at, &size)))
            memset(text + at, sign, size);
}

size_t utf8_before(const char *text, size_t at) {
    size_t begin = at - 1;
    while (begin > 0 && at - begin < 4 && ((unsigned char)text[begin] & 0xC0) == 0x80) begin--;
    return begin;
}
