/* A file of text, in UTF-8 or UTF-16: lines of UTF-8 come out, as many as it has. As UTF-16 it is also
   converted in two steps, which the first byte parts, and the characters compared with its units. */
#include "cli/lines.h"
#include "fuzz.h"

static void convert(bool big_endian, const uint8_t *bytes, size_t n, size_t first, Buffer *text) {
    Utf16 state = {.big_endian = big_endian};
    utf16_append(&state, bytes, first, text);
    utf16_append(&state, bytes + first, n - first, text);
    utf16_end(&state, text);
    require(!text->failed);
}

static unsigned unit_at(bool big_endian, const uint8_t *bytes) {
    return (unsigned)bytes[!big_endian] << 8 | bytes[big_endian];
}

/* Units, 1 or 2, of the character at bytes [n]; 0: they are none. */
static size_t units_at(bool big_endian, const uint8_t *bytes, size_t n) {
    unsigned first = n >= 2 ? unit_at(big_endian, bytes) : 0xDC00;
    unsigned second = n >= 4 ? unit_at(big_endian, bytes + 2) : 0;
    if (first < 0xD800 || first > 0xDFFF) return 1;
    return first < 0xDC00 && second >= 0xDC00 && second <= 0xDFFF ? 2 : 0;
}

/* Every character gives its UTF-16 units again; a byte that is not UTF-8 stands for invalid units. */
static void check_units(bool big_endian, const uint8_t *bytes, size_t n, const Buffer *text) {
    size_t from = 0;
    for (size_t at = 0, size; at < text->size; at += size ? size : 1) {
        const uint8_t *letter = (const uint8_t *)text->data + at;
        utf8proc_int32_t c;
        require(from < n);
        size_t n_units = units_at(big_endian, bytes + from, n - from);
        size = fuzz_character(letter, text->size - at);
        require((size > 0) == (n_units > 0) && (size || *letter == 0xFF));
        if (size) {
            utf8proc_iterate(letter, (utf8proc_ssize_t)size, &c);
            unsigned high = n_units == 2 ? 0xD800 + ((unsigned)(c - 0x10000) >> 10) : (unsigned)c;
            require(unit_at(big_endian, bytes + from) == high);
            require(n_units == 1 || unit_at(big_endian, bytes + from + 2) ==
                                        0xDC00 + ((unsigned)(c - 0x10000) & 0x3FF));
        }
        from += size ? 2 * n_units : n - from < 2 ? 1 : 2;
    }
    require(from == n);
}

static void check_utf16(bool big_endian, const uint8_t *bytes, size_t n, size_t first) {
    Buffer whole = {0}, parts = {0};
    convert(big_endian, bytes, n, n, &whole);
    convert(big_endian, bytes, n, first < n ? first : n, &parts);
    require(whole.size == parts.size);
    require(!whole.size || memcmp(whole.data, parts.data, whole.size) == 0);
    check_units(big_endian, bytes, n, &whole);
    buffer_free(&whole);
    buffer_free(&parts);
}

/* Lines that a file of ASCII's kind has. */
static size_t count_lines(const uint8_t *bytes, size_t n) {
    size_t lines = 0;
    for (size_t i = 0; i < n; i++) lines += bytes[i] == '\n' || i + 1 == n;
    return lines;
}

static void check_lines(const uint8_t *bytes, size_t n) {
    char path[640];
    snprintf(path, sizeof path, "%s", fuzz_write("text", bytes, n));
    const Options options = {.input = path, .quiet = true};
    Lines lines;
    Buffer line = {0};
    Error err = {0};
    size_t n_lines = 0;
    LinesStatus status;
    require(lines_open(&options, &lines, &err));
    while ((status = lines_next(&lines, true, &line, &err)) == LINES_LINE) {
        require(++n_lines == lines.number);
        require(fuzz_is_utf8(line.data ? line.data : "", line.size));
        require(!line.size ||
                (!memchr(line.data, '\n', line.size) && !memchr(line.data, '\0', line.size)));
        buffer_clear(&line);
    }
    bool has_mark = n && (bytes[0] >= 0xEF || !bytes[0]);
    require(status == LINES_END || (has_mark && strstr(err.text, "UTF-32")));
    require(has_mark || n_lines == count_lines(bytes, n));
    lines_close(&lines);
    buffer_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    uint8_t first = fuzz_byte(&input);
    check_utf16(first & 1, input.bytes, input.n, first / 2);
    check_lines(input.bytes, input.n);
    return 0;
}
