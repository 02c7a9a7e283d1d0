#include "cli/utf16.h"

#include <utf8proc.h>

static const char NO_CHARACTER = '\xFF';

static void append_character(unsigned code, Buffer *text) {
    utf8proc_uint8_t bytes[4];
    buffer_append(text, bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)code, bytes));
}

static void append_unit(Utf16 *state, unsigned unit, Buffer *text) {
    bool is_high = unit >= 0xD800 && unit < 0xDC00, is_low = unit >= 0xDC00 && unit < 0xE000;
    if (state->high && is_low) {
        append_character(0x10000 + ((state->high - 0xD800) << 10) + (unit - 0xDC00), text);
        state->high = 0;
        return;
    }
    if (state->high) buffer_byte(text, NO_CHARACTER);
    state->high = is_high ? unit : 0;
    if (is_low) buffer_byte(text, NO_CHARACTER);
    if (!is_high && !is_low) append_character(unit, text);
}

void utf16_append(Utf16 *state, const unsigned char *bytes, size_t n, Buffer *text) {
    for (size_t i = 0; i < n; i++) {
        unsigned first = state->byte, second = bytes[i];
        state->has_byte = !state->has_byte;
        state->byte = bytes[i];
        if (state->has_byte) continue;
        append_unit(state, state->big_endian ? first << 8 | second : second << 8 | first, text);
    }
}

void utf16_end(Utf16 *state, Buffer *text) {
    if (state->high) buffer_byte(text, NO_CHARACTER);
    if (state->has_byte) buffer_byte(text, NO_CHARACTER);
    state->high = 0;
    state->has_byte = false;
}
