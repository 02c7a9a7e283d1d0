#include "text/vocab_json.h"

#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

enum { MOST_BYTES = 1024, MOST_DIGITS = 9 };

typedef struct {
    const char *at, *end;    // the rest of the text
    char piece[MOST_BYTES];  // the last one, NUL-terminated
    size_t n;                // its bytes so far
} Reader;

static void skip_spaces(Reader *r) {
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
}

/* The next character after white space; NUL, which no form has, at the end. */
static char next(Reader *r) {
    skip_spaces(r);
    return r->at < r->end ? *r->at++ : '\0';
}

/* The value of four hexadecimal digits; -1 if there are none. */
static int read_hexadecimal(Reader *r) {
    static const char digits[] = "0123456789abcdefABCDEF";
    int code = 0;
    if (r->end - r->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        const char *digit = memchr(digits, *r->at++, sizeof digits - 1);
        if (!digit) return -1;
        int value = (int)(digit - digits);
        code = 16 * code + (value < 16 ? value : value - 6);
    }
    return code;
}

/* After a backslash. Refuses halves of a pair of surrogates, too. */
static bool read_escape(Reader *r) {
    char c = r->at < r->end ? *r->at++ : '\0';
    if (c == '"' || c == '\\' || c == '/') {
        r->piece[r->n++] = c;
        return true;
    }
    int code = c == 'u' ? read_hexadecimal(r) : -1;
    if (code <= 0 || (code >= 0xD800 && code <= 0xDFFF)) return false;
    r->n += (size_t)utf8proc_encode_char(code, (utf8proc_uint8_t *)r->piece + r->n);
    return true;
}

/* A character without a backslash. */
static bool read_character(Reader *r) {
    size_t size = 1;
    unsigned char c = (unsigned char)*r->at;
    bool is_control = c < 0x20, is_ascii = c < 0x80;
    if (is_control ||
        (!is_ascii && utf8_character(r->at, (size_t)(r->end - r->at), &size) == UTF8_NONE))
        return false;
    memcpy(r->piece + r->n, r->at, size);
    r->at += size;
    r->n += size;
    return true;
}

/* "PIECE" */
static bool read_piece(Reader *r) {
    const size_t most = 4;  // bytes of a character
    if (next(r) != '"') return false;
    for (r->n = 0; r->at < r->end && r->n + most < MOST_BYTES;) {
        if (*r->at == '"') {
            r->at++;
            r->piece[r->n] = '\0';
            return true;
        }
        bool is_escape = *r->at == '\\';
        r->at += is_escape;
        if (!(is_escape ? read_escape : read_character)(r)) return false;
    }
    return false;
}

/* A number without sign, fraction or exponent; what follows it is the caller's to judge. */
static bool read_id(Reader *r, long long *id) {
    char c = next(r);
    int digits = 1;
    if (c < '0' || c > '9') return false;
    for (*id = c - '0'; r->at < r->end && *r->at >= '0' && *r->at <= '9'; digits++) {
        if (*id == 0 || digits == MOST_DIGITS) return false;
        *id = 10 * *id + (*r->at++ - '0');
    }
    return true;
}

bool vocab_json_read(const char *text, size_t n, Vocab *vocab, Arena *arena) {
    Reader r = {.at = text, .end = text + n};
    Error ignored = {0};
    char c = next(&r);
    if (c != '{') return false;
    do {
        long long id;
        if (!read_piece(&r) || next(&r) != ':' || !read_id(&r, &id)) return false;
        if (id >= (long long)vocab->n || !vocab_add(vocab, "", r.piece, id, arena, &ignored))
            return false;
        c = next(&r);
    } while (c == ',');
    skip_spaces(&r);
    return c == '}' && r.at == r.end;
}
