#include "text/capitals.h"

#include <utf8proc.h>

#include "base/utf8.h"
#include "text/characters.h"

bool capitals_typed(const char *text, size_t n) {
    size_t words = 0, letters = 0, longest = 0;  // letters: of the current word
    for (size_t i = 0, size; i < n; i += size) {
        int c = utf8_character(text + i, n - i, &size);
        if (character_is_small(c)) return false;
        letters = character_is_capital(c) ? letters + 1 : 0;
        words += letters == 1;
        if (letters > longest) longest = letters;
    }
    return longest > 3 || (longest > 1 && words > 1);
}

static void append_mapped(const char *text, size_t n, utf8proc_int32_t (*map)(utf8proc_int32_t),
                          Buffer *out) {
    for (size_t i = 0, size; i < n; i += size) {
        int c = utf8_character(text + i, n - i, &size);
        utf8proc_uint8_t mapped[4];
        if (c == UTF8_NONE)
            buffer_byte(out, text[i]);
        else
            buffer_append(out, mapped, (size_t)utf8proc_encode_char(map(c), mapped));
    }
}

void capitals_lower(const char *text, size_t n, Buffer *lower) {
    append_mapped(text, n, utf8proc_tolower, lower);
}

void capitals_upper(const char *text, size_t n, Buffer *upper) {
    append_mapped(text, n, utf8proc_toupper, upper);
}
