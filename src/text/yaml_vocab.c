#include "text/yaml_vocab.h"

#include <string.h>
#include <utf8proc.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/utf8.h"

/* The state of reading a line. */
typedef struct {
    const char *path;
    size_t line;  // from 1
    const char *at, *end;
    Buffer piece;
    Error *err;
} Reader;

static bool refuse(const Reader *r, const char *why) {
    return error_set(r->err, "%s: line %zu: %s", r->path, r->line, why);
}

/* ---- escapes in double quotes ---- */

static int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Reads n hexadecimal digits, the number of a character. */
static bool read_character(Reader *r, size_t n) {
    utf8proc_int32_t character = 0;
    utf8proc_uint8_t bytes[4];
    bool ok = (size_t)(r->end - r->at) >= n;
    for (size_t i = 0; ok && i < n; i++) {
        int digit = digit_of(*r->at++);
        ok = digit >= 0 && character < 0x1000000;
        if (ok) character = character * 16 + digit;
    }
    utf8proc_ssize_t size = ok && character > 0 ? utf8proc_encode_char(character, bytes) : 0;
    bool is_surrogate = character >= 0xD800 && character < 0xE000;
    if (size < 1 || is_surrogate) return refuse(r, "an escape that is not a character");
    buffer_append(&r->piece, bytes, (size_t)size);
    return true;
}

static bool read_escape(Reader *r) {
    static const char letters[] = "abtnvfre\"/\\ N_LP";
    static const char *const meaning[] = {"\a",       "\b",     "\t",     "\n",    "\v", "\f",
                                          "\r",       "\x1B",   "\"",     "/",     "\\", " ",
                                          "\xC2\x85", "\u00A0", "\u2028", "\u2029"};
    char letter = r->at < r->end ? *r->at++ : '\0';
    if (letter == 'x') return read_character(r, 2);
    if (letter == 'u') return read_character(r, 4);
    if (letter == 'U') return read_character(r, 8);
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found) return refuse(r, "an escape that YAML does not have");
    buffer_string(&r->piece, meaning[found - letters]);
    return true;
}

/* ---- a line ---- */

static bool read_double_quoted(Reader *r) {
    for (r->at++; r->at < r->end;) {
        char c = *r->at++;
        if (c == '"') return true;
        if (c != '\\')
            buffer_byte(&r->piece, c);
        else if (!read_escape(r))
            return false;
    }
    return refuse(r, "a quote that is not closed");
}

static bool read_single_quoted(Reader *r) {
    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '\'' && (r->at + 1 == r->end || r->at[1] != '\'')) {
            r->at++;
            return true;
        }
        if (*r->at == '\'') r->at++;  // '' is a quote
        buffer_byte(&r->piece, *r->at);
    }
    return refuse(r, "a quote that is not closed");
}

/* Reads up to the last colon; the number follows it. */
static bool read_plain(Reader *r) {
    const char *colon = r->end - 1;
    while (colon > r->at && *colon != ':') colon--;
    if (strchr("?[]{}&*|>%@`", *r->at))
        return error_kind(r->err, XATTN_UNSUPPORTED,
                          "%s: line %zu: this kind of YAML is not supported", r->path, r->line);
    buffer_append(&r->piece, r->at, (size_t)(colon - r->at));
    r->at = colon;
    return true;
}

/* Reads ": 12" up to the end of the line. */
static bool read_id(Reader *r, size_t n, long long *id) {
    const char *at = r->at;
    bool ok = r->end - at > 2 && at[0] == ':' && at[1] == ' ';
    at += ok ? 2 : 0;
    while (at < r->end && *at == ' ') at++;
    ok = ok && at < r->end;
    *id = 0;
    for (; ok && at < r->end; at++) {
        ok = *at >= '0' && *at <= '9' && *id < (long long)n;
        *id = *id * 10 + (*at - '0');
    }
    return (ok && *id < (long long)n) ||
           error_set(r->err, "%s: line %zu: expected `piece: id`, with an id from 0 to %zu",
                     r->path, r->line, n - 1);
}

/* Reads a line of a piece and its id into r->piece and *id. */
static bool read_piece(Reader *r, size_t n, long long *id) {
    buffer_clear(&r->piece);
    buffer_string(&r->piece, "");
    bool ok = *r->at == '"'    ? read_double_quoted(r)
              : *r->at == '\'' ? read_single_quoted(r)
                               : read_plain(r);
    return ok && buffer_ok(&r->piece, "a piece", r->err) && read_id(r, n, id);
}

static bool is_empty(const Reader *r) {
    size_t n = (size_t)(r->end - r->at);
    return n == 0 || *r->at == '#' || (n == 3 && memcmp(r->at, "---", 3) == 0);
}

static bool check_text(const Reader *r) {
    for (size_t i = 0, step, n = (size_t)(r->end - r->at); i < n; i += step)
        if (!r->at[i] || utf8_character(r->at + i, n - i, &step) == UTF8_NONE)
            return refuse(r, "not UTF-8, or a NUL");
    return true;
}

static bool read_lines(Reader *r, const char *text, size_t size, Vocab *vocab, Arena *arena) {
    const char *stop = text + size;
    while (text < stop) {
        const char *newline = memchr(text, '\n', (size_t)(stop - text));
        long long id;
        r->line++;
        r->at = text;
        r->end = newline ? newline : stop;
        text = r->end + 1;
        while (r->end > r->at && (r->end[-1] == '\r' || r->end[-1] == ' ')) r->end--;
        if (is_empty(r)) continue;
        if (!check_text(r) || !read_piece(r, vocab->n, &id) ||
            !vocab_add(vocab, r->path, r->piece.data, id, arena, r->err))
            return false;
    }
    return true;
}

static bool is_json(const MappedFile *file) {
    size_t i = 0;
    while (i < file->size && strchr(" \t\r\n", file->data[i]) && file->data[i]) i++;
    return i < file->size && file->data[i] == '{';
}

bool yaml_vocab_load(const char *path, size_t n, Vocab *vocab, Arena *arena, Error *err) {
    MappedFile file;
    if (!file_map(path, &file, err)) return false;
    Reader r = {.path = path, .err = err};
    bool json = is_json(&file);
    bool ok = json || (vocab_alloc(vocab, n, arena, err) &&
                       read_lines(&r, (const char *)file.data, file.size, vocab, arena));
    file_unmap(&file);
    buffer_free(&r.piece);
    return json ? vocab_load(path, n, vocab, arena, err) : ok;
}
