/* lines.h: reading a command's texts

   Texts are the command's arguments, or lines of a file or of standard input (also the single argument
   -). A line ends with \n or \r\n, and the last one may end with the file. A byte order mark is
   dropped; it also identifies UTF-16. Other changes concern only invalid UTF-8 and NUL: see
   lines_next. */
#ifndef XATTN_LINES_H
#define XATTN_LINES_H

#include "base/buffer.h"
#include "cli/options.h"
#include "cli/utf16.h"

typedef enum { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_UTF16 } Encoding;

typedef struct {
    char **arguments;  // [n_arguments]; if there are none, read from fd
    int n_arguments;
    int fd;
    const char *name;  // for messages: "standard input", or the path
    bool strict, quiet;

    size_t number;  // of the last line, from 1
    bool crlf;      // the last line ended with \r\n
    Encoding encoding;
    Utf16 utf16;
    Buffer pending;  // the bytes read, as UTF-8
    size_t start;    // of the next line in `pending`
    size_t scanned;  // bytes from `start` on without \n
    bool at_end;
} Lines;

typedef enum { LINES_LINE, LINES_WAIT, LINES_END, LINES_ERROR } LinesStatus;

/* Opens the input that the options name. Errors name the file. */
bool lines_open(const Options *options, Lines *lines, Error *err);

/* Appends the next line to `text`. Bytes that are not UTF-8, and NUL, become U+FFFD, with a warning
   that names line and byte, or are an error with --strict. Without `wait`, returns LINES_WAIT if no
   whole line has arrived yet, so that the caller can process the lines before it: someone may be
   typing. */
LinesStatus lines_next(Lines *lines, bool wait, Buffer *text, Error *err);

/* "line 7 of FILE" or "text 7", for messages about line `number`. */
const char *lines_where(const Lines *lines, size_t number, char where[300]);

void lines_close(Lines *lines);

#endif
