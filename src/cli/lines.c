#include "cli/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

enum { READ_SIZE = 64 * 1024, MAX_LINE = 8 * 1024 * 1024 };

/* A text that is the name of a file probably lacks -i. */
static void hint_at_files(const Options *options) {
    struct stat info;
    for (int i = 0; i < options->n_texts && !options->quiet; i++)
        if (stat(options->texts[i], &info) == 0 && S_ISREG(info.st_mode))
            fprintf(stderr, "xattn: text %d is the name of a file; to read the file: -i %s\n",
                    i + 1, options->texts[i]);
}

bool lines_open(const Options *options, Lines *lines, Error *err) {
    *lines = (Lines){.fd = STDIN_FILENO, .name = "standard input"};
    lines->strict = options->strict;
    lines->quiet = options->quiet;
    bool is_stdin = options->n_texts == 1 && strcmp(options->texts[0], "-") == 0;
    if (options->n_texts && !is_stdin) {
        lines->arguments = options->texts;
        lines->n_arguments = options->n_texts;
        hint_at_files(options);
    } else if (options->input && strcmp(options->input, "-") != 0) {
        lines->name = options->input;
        lines->fd = open(options->input, O_RDONLY | O_CLOEXEC);
        if (lines->fd < 0) return error_system(err, options->input, errno);
    } else if (!options->quiet && isatty(STDIN_FILENO)) {
        fputs("xattn: reading lines from the terminal; Ctrl-D ends\n", stderr);
    }
    return true;
}

void lines_close(Lines *lines) {
    if (lines->fd > STDERR_FILENO) close(lines->fd);
    buffer_free(&lines->pending);
}

const char *lines_where(const Lines *lines, size_t number, char where[300]) {
    if (lines->n_arguments)
        snprintf(where, 300, "text %zu", number);
    else
        snprintf(where, 300, "line %zu of %s", number, lines->name);
    return where;
}

/* Reports invalid bytes of the last line. With --strict they are an error. */
static bool report_bad(const Lines *lines, size_t n_bad, size_t first, char byte, Error *err) {
    char where[300], others[40] = "";
    const char *what = byte ? "not UTF-8" : "a NUL";
    lines_where(lines, lines->number, where);
    if (lines->strict) return error_set(err, "%s, byte %zu: %s", where, first + 1, what);
    if (n_bad > 1) snprintf(others, sizeof others, " (and %zu more)", n_bad - 1);
    if (!lines->quiet)
        fprintf(stderr, "xattn: %s, byte %zu: %s%s; read as U+FFFD\n", where, first + 1, what,
                others);
    return true;
}

/* Appends text as valid UTF-8. */
static LinesStatus give(Lines *lines, const char *bytes, size_t n, Buffer *text, Error *err) {
    size_t n_bad = 0, first_bad = 0;
    lines->number++;
    for (size_t i = 0, step; i < n; i += step) {
        bool bad = utf8_character(bytes + i, n - i, &step) == UTF8_NONE || !bytes[i];
        if (bad && !n_bad++) first_bad = i;
        if (bad) buffer_string(text, UTF8_REPLACEMENT);
        if (!bad) buffer_append(text, bytes + i, step);
    }
    if (n_bad && !report_bad(lines, n_bad, first_bad, bytes[first_bad], err)) return LINES_ERROR;
    return buffer_ok(text, "a line", err) ? LINES_LINE : LINES_ERROR;
}

/* Returns the pending bytes up to `end` as a line. The next one starts at `next`. */
static LinesStatus give_pending(Lines *lines, size_t end, size_t next, Buffer *text, Error *err) {
    const char *line = lines->pending.data + lines->start;
    size_t n = end - lines->start;
    lines->crlf = n && line[n - 1] == '\r';
    LinesStatus status = give(lines, line, n - lines->crlf, text, err);
    lines->start = next;
    lines->scanned = 0;
    return status;
}

static bool something_to_read(int fd) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, 0) != 0;
}

/* ---- Encodings ---- */

static bool begins_with(const Buffer *bytes, const char *mark, size_t n) {
    return bytes->size >= n && memcmp(bytes->data, mark, n) == 0;
}

/* Drops a byte order mark, and converts the pending bytes if they are UTF-16. */
static bool apply_mark(Lines *lines, Error *err) {
    Buffer *pending = &lines->pending;
    if (begins_with(pending, "\xFF\xFE\0\0", 4) || begins_with(pending, "\0\0\xFE\xFF", 4))
        return error_set(err, "%s: UTF-32; expected UTF-8 or UTF-16", lines->name);
    lines->encoding = ENCODING_UTF8;
    if (begins_with(pending, "\xEF\xBB\xBF", 3)) lines->start = 3;
    lines->utf16.big_endian = begins_with(pending, "\xFE\xFF", 2);
    if (!lines->utf16.big_endian && !begins_with(pending, "\xFF\xFE", 2)) return true;
    lines->encoding = ENCODING_UTF16;
    Buffer raw = *pending;
    *pending = (Buffer){0};
    utf16_append(&lines->utf16, (const unsigned char *)raw.data + 2, raw.size - 2, pending);
    buffer_free(&raw);
    return true;
}

/* Detects the encoding as soon as there are enough bytes: a mark has up to 4. */
static bool find_encoding(Lines *lines, Error *err) {
    const Buffer *pending = &lines->pending;
    bool may_be_mark = pending->size && strchr("\xEF\xFE\xFF", pending->data[0]);  // or a NUL
    if (lines->encoding != ENCODING_UNKNOWN || (!pending->size && !lines->at_end)) return true;
    if (may_be_mark && pending->size < 4 && !lines->at_end) return true;
    return apply_mark(lines, err);
}

/* ---- Reading ---- */

/* Moves the pending bytes to the front, so that memory holds only a line and a read. */
static bool make_room(Lines *lines, Error *err) {
    Buffer *pending = &lines->pending;
    size_t left = pending->size - lines->start;
    if (lines->start) memmove(pending->data, pending->data + lines->start, left);
    pending->size = left;
    lines->start = 0;
    char where[300];
    return left <= MAX_LINE || error_set(err, "%s: longer than %d bytes",
                                         lines_where(lines, lines->number + 1, where), MAX_LINE);
}

/* Reads once. */
static bool fill(Lines *lines, Error *err) {
    char bytes[READ_SIZE];
    ssize_t n;
    if (!make_room(lines, err)) return false;
    do n = read(lines->fd, bytes, sizeof bytes);
    while (n < 0 && errno == EINTR);
    if (n < 0) return error_system(err, lines->name, errno);
    lines->at_end = n == 0;
    if (lines->encoding == ENCODING_UTF16)
        utf16_append(&lines->utf16, (const unsigned char *)bytes, (size_t)n, &lines->pending);
    else
        buffer_append(&lines->pending, bytes, (size_t)n);
    if (!buffer_ok(&lines->pending, "a line", err) || !find_encoding(lines, err)) return false;
    if (lines->at_end) utf16_end(&lines->utf16, &lines->pending);
    return buffer_ok(&lines->pending, "a line", err);
}

LinesStatus lines_next(Lines *lines, bool wait, Buffer *text, Error *err) {
    if (lines->n_arguments) {
        if (lines->number == (size_t)lines->n_arguments) return LINES_END;
        const char *argument = lines->arguments[lines->number];
        return give(lines, argument, strlen(argument), text, err);
    }
    for (;;) {
        size_t from = lines->start + lines->scanned, size = lines->pending.size;
        bool known = lines->encoding != ENCODING_UNKNOWN;
        char *end =
            known && from < size ? memchr(lines->pending.data + from, '\n', size - from) : NULL;
        if (end) {
            size_t at = (size_t)(end - lines->pending.data);
            return give_pending(lines, at, at + 1, text, err);
        }
        lines->scanned = known ? size - lines->start : 0;
        if (lines->at_end && lines->start == size) return LINES_END;
        if (lines->at_end) return give_pending(lines, size, size, text, err);
        if (!wait && !something_to_read(lines->fd)) return LINES_WAIT;
        if (!fill(lines, err)) return LINES_ERROR;
    }
}
