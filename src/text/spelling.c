#include "text/spelling.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

int spelling_byte(const char *piece) {
    static const char digits[] = "0123456789ABCDEF";
    if (strlen(piece) != 6 || memcmp(piece, "<0x", 3) != 0 || piece[5] != '>') return -1;
    const char *high = strchr(digits, piece[3]), *low = strchr(digits, piece[4]);
    return high && low ? (int)(high - digits) * 16 + (int)(low - digits) : -1;
}

void spelling_append(const char *piece, Buffer *text) {
    for (const char *mark; (mark = strstr(piece, SPACE_MARK)); piece = mark + strlen(SPACE_MARK)) {
        buffer_append(text, piece, (size_t)(mark - piece));
        buffer_byte(text, ' ');
    }
    buffer_string(text, piece);
}

/* Makes the text valid: bytes that form no character, and NUL, become U+FFFD. The ends move along. Of
   the pieces that are bytes of one character, the last gets the character and the others become
   empty. */
static void make_valid(Spelling *s) {
    Buffer valid = {0};
    buffer_string(&valid, "");  // data is never NULL
    const char *raw = s->text.data;
    size_t piece = 0;
    for (size_t at = 0, size; at < s->text.size; at += size) {
        bool good = utf8_character(raw + at, s->text.size - at, &size) > 0;
        while (piece < s->n && s->ends[piece] < at + size) s->ends[piece++] = valid.size;
        buffer_append(&valid, good ? raw + at : UTF8_REPLACEMENT,
                      good ? size : sizeof UTF8_REPLACEMENT - 1);
    }
    while (piece < s->n) s->ends[piece++] = valid.size;
    buffer_free(&s->text);
    s->text = valid;
}

bool spelling_make(const char *const *pieces, size_t n, Spelling *s, Error *err) {
    *s = (Spelling){.ends = calloc(n + 1, sizeof *s->ends), .n = n};
    if (!s->ends) {
        error_memory(err, (n + 1) * sizeof *s->ends, "the text of the pieces");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        int byte = spelling_byte(pieces[i]);
        if (byte >= 0)
            buffer_byte(&s->text, (char)byte);
        else
            spelling_append(pieces[i], &s->text);
        s->ends[i] = s->text.size;
    }
    if (!s->text.failed) make_valid(s);
    return buffer_ok(&s->text, "the text of the pieces", err) && s->text.data;
}

void spelling_free(Spelling *s) {
    buffer_free(&s->text);
    free(s->ends);
}
