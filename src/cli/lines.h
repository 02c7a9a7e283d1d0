/* lines.h: where a command's texts come from

   Texts are the command's arguments, or the lines of a file or of standard input, which the lone
   argument - also means. A line ends with
   \n or \r\n, the last one also with the end of the file; a byte order mark in front of the first is
   dropped, and says when the text is UTF-16. Nothing else is changed here but what a C string cannot
   hold or UTF-8 does not allow: see lines_next. */
#ifndef XATTN_LINES_H
#define XATTN_LINES_H

#include "base/buffer.h"
#include "cli/options.h"
#include "cli/utf16.h"

typedef enum { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_UTF16 } Encoding;

typedef struct {
    char **arguments;  // [n_arguments], or none: then read from fd
    int n_arguments;
    int fd;
    const char *name;  // for messages: "standard input", or the path
    bool strict, quiet;

    size_t number;  // of the line last given, from 1
    bool crlf;      // which ended with \r\n
    Encoding encoding;
    Utf16 utf16;
    Buffer pending;  // what was read, as UTF-8
    size_t start;    // of these the first that was not given yet
    size_t scanned;  // from start on: bytes known to hold no \n
    bool at_end;
} Lines;

typedef enum { LINES_LINE, LINES_WAIT, LINES_END, LINES_ERROR } LinesStatus;

/* Opens what the options say. Errors name the file. */
bool lines_open(const Options *options, Lines *lines, Error *err);

/* Appends the next line to `text`. Bytes that are not UTF-8, and NUL,
   become U+FFFD, with a warning that names line and byte; if strict they are an error. Unless
   `wait`, answers LINES_WAIT when no whole line has arrived yet, so that what has can be dealt with
   first: someone may be typing. */
LinesStatus lines_next(Lines *lines, bool wait, Buffer *text, Error *err);

/* "line 7 of FILE" or "text 7", for messages about the line with that number. */
const char *lines_where(const Lines *lines, size_t number, char where[300]);

void lines_close(Lines *lines);

#endif
